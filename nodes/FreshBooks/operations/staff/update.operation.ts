import { updateDisplayOptions, type IDataObject, type INodeProperties } from 'n8n-workflow';

import { updateStaff } from '../../api/staff';
import { accountLocator, optionsCollection, simplifyParameter, staffLocator } from '../common/descriptions';
import { checkEffect } from '../common/effect';
import { operation } from '../common/operation';
import { simplifyStaff } from '../common/simplify';
import { staffKey, readStaffLocator, staffIdOf, staffReadings, type NamedStaff } from './staffRecord';

/** Writable fields: name here, FreshBooks' name, how the editor shows it (freshbooks.com/api/staff, Field Descriptions). */
const FIELDS: ReadonlyArray<[name: string, theirs: string, displayName: string, description: string]> = [
	['busPhone', 'bus_phone', 'Business Phone', 'Phone number at work'],
	['pCity', 'p_city', 'City', 'City of the billing address'],
	['pCountry', 'p_country', 'Country', 'Country of the billing address'],
	['currencyCode', 'currency_code', 'Currency Code', 'Three letters, such as CAD'],
	['displayName', 'display_name', 'Display Name', 'Name shown to others'],
	['email', 'email', 'Email', 'Email address'],
	['fax', 'fax', 'Fax', 'Fax number'],
	['fname', 'fname', 'First Name', 'Given name'],
	['homePhone', 'home_phone', 'Home Phone', 'Phone number at home'],
	['language', 'language', 'Language', 'Language code, such as en'],
	['lname', 'lname', 'Last Name', 'Family name'],
	['mobPhone', 'mob_phone', 'Mobile Phone', 'Mobile phone number'],
	['note', 'note', 'Note', 'Notes about the staff member'],
	['organization', 'organization', 'Organization', 'Name of the organization'],
	['pCode', 'p_code', 'Postal Code', 'Postal or ZIP code of the billing address'],
	['pProvince', 'p_province', 'Province', 'Province or state of the billing address'],
	['rate', 'rate', 'Rate', 'Billing rate, such as 35.00'],
	['pStreet', 'p_street', 'Street', 'Street of the billing address'],
	['pStreet2', 'p_street2', 'Street 2', 'Second line of the street'],
	['username', 'username', 'Username', 'User name'],
];

const fieldParameter = ([name, , displayName, description]: (typeof FIELDS)[number]): INodeProperties => ({
	displayName,
	name,
	type: 'string',
	default: '',
	description,
	...(name === 'email' ? { placeholder: 'name@email.com' } : {}),
});

export const update = operation<NamedStaff & { fields: IDataObject; simplify: boolean }>({
	writes: true,
	description: updateDisplayOptions({ show: { resource: ['staff'], operation: ['update'] } }, [
		accountLocator,
		staffLocator,
		{
			displayName: 'Update Fields',
			name: 'updateFields',
			type: 'collection',
			placeholder: 'Add field',
			default: {},
			options: FIELDS.map(fieldParameter),
		},
		simplifyParameter,
		optionsCollection(),
	]),
	read(parameters) {
		const chosen = parameters.collection('updateFields');
		const fields: IDataObject = {};
		for (const [name, theirs, displayName] of FIELDS) {
			const value = parameters.plainValue(chosen, name, displayName);
			if (value !== undefined) fields[theirs] = value;
		}
		if (fields.email !== undefined) fields.email = parameters.emailIn(chosen, 'email', 'Email');
		if (Object.keys(fields).length === 0) parameters.refuseEmpty('updateFields', 'Update Fields', 'add at least one field to change.');
		return { ...readStaffLocator(parameters), fields, simplify: parameters.boolean('simplify', 'Simplify', true) };
	},
	// One after another where addresses change: the next item may name a new one.
	serialKey: (input) => (input.fields.email === undefined ? staffKey(input) : input.accountId),
	async execute(session, { fields, simplify, ...named }) {
		const { accountId } = named;
		const staffId = await staffIdOf(session, named);
		if (fields.email !== undefined) staffReadings.delete(session);
		const record = await updateStaff(session.client, accountId, staffId, fields);
		const { raw } = record;
		const sent = FIELDS.filter(([, theirs]) => theirs in fields);
		checkEffect(
			`staff ${staffId} of account ${accountId}`,
			sent.map(([, theirs, displayName]) => ({ displayName, sent: fields[theirs], answered: [raw[theirs]] })),
		);
		return [simplify ? simplifyStaff(record) : (raw as IDataObject)];
	},
});
