import { updateDisplayOptions, type IDataObject, type INodeProperties } from 'n8n-workflow';

import { updateMe as putMe } from '../../api/me';
import { objectOf, objectsOf, type WireObject } from '../../client/json';
import { optionsCollection } from '../common/descriptions';
import { checkEffect, given, type SentField } from '../common/effect';
import { operation } from '../common/operation';

const field = (displayName: string, name: string, description: string) => ({
	displayName,
	name,
	type: 'string' as const,
	default: '',
	description,
});

const FIELDS: INodeProperties[] = [
	field('Avatar', 'avatar', 'Address (URL) of the picture in the profile'),
	field('Company', 'company', 'Company in the profile'),
	{
		...field('Email', 'email', 'Email address to log in with. FreshBooks may ask for a confirmation first.'),
		placeholder: 'name@email.com',
	},
	field('First Name', 'firstName', 'Given name'),
	field('Job Title', 'jobTitle', 'Job title in the profile'),
	{ ...field('Language', 'language', 'Language code'), placeholder: 'e.g. en' },
	field('Last Name', 'lastName', 'Family name'),
	{ ...field('Phone Number', 'phoneNumber', 'Phone number in the profile. It replaces the existing ones.'), placeholder: 'e.g. 416 555 0100' },
	{ ...field('Timezone', 'timezone', 'Name of the time zone'), placeholder: 'e.g. America/Toronto' },
];

/** FreshBooks' names for the fields; job title and company are inside `profession`, the number is in the list `phone_numbers`. */
function bodyOf({ firstName, lastName, language, timezone, email, avatar, phoneNumber, jobTitle, company }: IDataObject): IDataObject {
	const profession = given({ title: jobTitle, company });
	return given({
		first_name: firstName,
		last_name: lastName,
		language,
		timezone,
		email,
		avatar,
		phone_numbers: phoneNumber === undefined ? undefined : [{ title: '', phone_number: phoneNumber }],
		profession: Object.keys(profession).length > 0 ? profession : undefined,
	});
}

/** Where FreshBooks' answer has each field; empty for a field that it leaves out. */
const ANSWERED: Record<string, (user: WireObject) => unknown[]> = {
	firstName: (user) => [user.first_name],
	lastName: (user) => [user.last_name],
	language: (user) => [user.language],
	timezone: (user) => [user.timezone],
	// A new address waits for its confirmation (`unconfirmed_email`, freshbooks.com/api/me_endpoint).
	email: (user) => [user.email, user.unconfirmed_email],
	avatar: (user) => [user.avatar],
	phoneNumber: (user) => (user.phone_numbers === undefined ? [] : [null, ...objectsOf(user.phone_numbers).map((one) => one.phone_number)]),
	jobTitle: (user) => (user.profession === undefined ? [] : [objectOf(user.profession).title ?? null]),
	company: (user) => (user.profession === undefined ? [] : [objectOf(user.profession).company ?? null]),
};

function sentFields(chosen: IDataObject, user: WireObject): SentField[] {
	return FIELDS.filter(({ name }) => chosen[name] !== undefined).map(({ name, displayName }) => ({
		displayName,
		sent: chosen[name],
		answered: ANSWERED[name](user),
	}));
}

export const updateMe = operation({
	writes: true,
	description: updateDisplayOptions({ show: { resource: ['user'], operation: ['updateMe'] } }, [
		{
			displayName:
				'Uses an undocumented FreshBooks endpoint for which FreshBooks offers no scope: expect this step to fail. Change your profile in FreshBooks itself.',
			name: 'profileNotice',
			type: 'notice',
			default: '',
		},
		{
			displayName: 'Update Fields',
			name: 'updateFields',
			type: 'collection',
			placeholder: 'Add field',
			default: {},
			options: FIELDS,
		},
		optionsCollection(),
	]),
	read(parameters) {
		const collection = parameters.collection('updateFields');
		const chosen = given(Object.fromEntries(FIELDS.map(({ name, displayName }) => [name, parameters.plainValue(collection, name, displayName)])));
		if (chosen.email !== undefined) chosen.email = parameters.emailIn(collection, 'email', 'Email');
		if (Object.keys(chosen).length === 0) parameters.refuseEmpty('updateFields', 'Update Fields', 'add at least one field to change.');
		return { chosen };
	},
	serialKey: () => 'me',
	async execute(session, { chosen }) {
		const { raw } = await putMe(session.client, bodyOf(chosen));
		session.forgetMe();
		checkEffect('the connected user', sentFields(chosen, raw));
		return [raw as IDataObject];
	},
});
