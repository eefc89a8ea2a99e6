import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { updateMe as putMe } from '../../api/me';
import { optionsCollection, shownFor } from '../common/descriptions';
import { operation } from '../common/operation';

const shown = shownFor('user', ['updateMe']);

const field = (displayName: string, name: string, description: string) => ({
	displayName,
	name,
	type: 'string' as const,
	default: '',
	description,
});

const FIELDS: INodeProperties[] = [
	field('Company', 'company', 'Company in the profile'),
	field('First Name', 'firstName', 'Given name'),
	field('Job Title', 'jobTitle', 'Job title in the profile'),
	{ ...field('Language', 'language', 'Language code'), placeholder: 'e.g. en' },
	field('Last Name', 'lastName', 'Family name'),
	{ ...field('Timezone', 'timezone', 'Name of the time zone'), placeholder: 'e.g. America/Toronto' },
];

/** FreshBooks' names for the fields; job title and company stand inside `profession`. */
function bodyOf(fields: IDataObject): IDataObject {
	const { firstName, lastName, language, timezone, jobTitle, company } = fields;
	const profession = { title: jobTitle, company };
	const body: IDataObject = { first_name: firstName, last_name: lastName, language, timezone };
	if (jobTitle !== undefined || company !== undefined) body.profession = given(profession);
	return given(body);
}

function given(fields: IDataObject): IDataObject {
	return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

export const updateMe = operation({
	description: [
		{
			displayName:
				'FreshBooks does not document this endpoint publicly and offers no scope for it: expect a refusal. The profile can be changed in FreshBooks itself.',
			name: 'profileNotice',
			type: 'notice',
			default: '',
			...shown,
		},
		{
			displayName: 'Update Fields',
			name: 'updateFields',
			type: 'collection',
			placeholder: 'Add field',
			default: {},
			options: FIELDS,
			...shown,
		},
		optionsCollection(shown),
	],
	read(parameters) {
		const chosen = parameters.collection('updateFields');
		for (const { name, displayName } of FIELDS) parameters.plainValue(chosen, name, displayName);
		const body = bodyOf(chosen);
		if (Object.keys(body).length === 0) parameters.refuse('Update Fields', 'is empty', 'Add at least one field to change.');
		return { body };
	},
	serialKey: () => 'me',
	async execute(session, { body }) {
		const me = await putMe(session.client, body);
		session.forgetMe();
		return [me.raw as IDataObject];
	},
});
