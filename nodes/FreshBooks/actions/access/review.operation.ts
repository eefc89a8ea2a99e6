import type { IDataObject } from 'n8n-workflow';

import type { BusinessMembership } from '../../api/identity';
import { toScimUser } from '../../scim/user';
import { outputFormatOption, shownFor, shownWhen } from '../common/descriptions';
import { type OutputRow, type RunnableOperation } from '../common/operation';
import type { Parameters } from '../common/parameters';
import type { ListName, Session } from '../common/session';
import { businessesParameters, readChosenBusinesses, resolveBusinesses, type ChosenBusinesses } from './businesses';
import { readDirectory, type Directory, type DirectoryFields } from './directory';
import { peopleOf } from './people';
import { endsTheRun, reasonOf } from './reasons';
import { isComplete, reviewRows, rowJson, summaryJson, type Review, type ReviewedBusiness, type ReviewRow } from './reviewReport';
import { scimSourceOfRow } from './reviewScim';

const shown = shownFor('access', ['review']);

/** The node's outputs of a review. */
const PEOPLE = 0;
const SUMMARY = 1;

type DirectorySource = 'items' | 'json' | 'none';

interface Input {
	chosen: ChosenBusinesses;
	directory: Directory | undefined;
	directorySource: DirectorySource;
	withInvitations: boolean;
	withMembers: boolean;
	staleAfterDays: number;
	onlyFindings: boolean;
	scim: boolean;
	/** The item this review belongs to. */
	item: number;
}

function sourceOf(parameters: Parameters): DirectorySource {
	const source = parameters.choice('directory', 'items');
	return source === 'json' || source === 'none' ? source : 'items';
}

function readRows(parameters: Parameters, source: DirectorySource, fields: DirectoryFields): Directory | undefined {
	if (source === 'none') return undefined;
	const rows = source === 'json' ? parameters.jsonList('directoryJson', 'Directory (JSON)') : parameters.inputItems();
	const directory = readDirectory(rows, fields);
	if (directory.people.size > 0) return directory;
	// Held against an empty directory, everybody would be an orphan.
	return parameters.refuse(
		source === 'json' ? 'Directory (JSON)' : 'Directory',
		'holds nobody with an email address',
		"Check the field names (option 'Email Field'), or set 'Directory' to None to review without one. Nothing was sent.",
	);
}

function textIn(options: IDataObject, name: string): string | undefined {
	const value = options[name];
	return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

function read(parameters: Parameters): Input {
	const options = parameters.collection('options');
	const directorySource = sourceOf(parameters);
	const days = options.staleAfterDays ?? 14;
	if (typeof days !== 'number' || !(days >= 0)) return parameters.refuse('Stale After Days', 'must be a number of at least 0');
	const fields = { email: textIn(options, 'emailField'), role: textIn(options, 'roleField'), active: textIn(options, 'activeField') };
	return {
		chosen: readChosenBusinesses(parameters),
		directory: readRows(parameters, directorySource, fields),
		directorySource,
		withInvitations: options.pendingInvitations !== false,
		withMembers: options.businessMembers === true,
		staleAfterDays: days,
		onlyFindings: options.onlyFindings === true,
		scim: options.outputFormat === 'scim',
		item: parameters.itemIndex,
	};
}

type Looked = { business: ReviewedBusiness } | { unread: BusinessMembership; error: unknown };

/** A list that adds to the people; a gap where it could not be read whole. */
async function extraList(session: Session, list: ListName, businessId: number, wanted: boolean) {
	if (!wanted) return { rows: null, gaps: [] };
	return await session[list](businessId).then(
		(roster) => ({ rows: roster.all(), gaps: roster.doubt === undefined ? [] : [roster.doubt] }),
		(error: unknown) => (endsTheRun(error) ? Promise.reject(error) : { rows: null, gaps: [reasonOf(error)] }),
	);
}

async function lookAt(session: Session, input: Input, membership: BusinessMembership, now: number): Promise<Looked> {
	const { businessId, name } = membership;
	const [team, members, invitations] = await Promise.all([
		session.teamMembers(businessId).then(
			(roster) => ({ roster }),
			(error: unknown) => (endsTheRun(error) ? Promise.reject(error) : { error }),
		),
		extraList(session, 'businessMembers', businessId, input.withMembers),
		extraList(session, 'invitations', businessId, input.withInvitations),
	]);
	if ('error' in team) return { unread: membership, error: team.error };
	const { roster } = team;
	const people = peopleOf(membership, { teamMembers: roster.all(), members: members.rows, invitations: invitations.rows }, now);
	const gaps = [...(roster.doubt === undefined ? [] : [roster.doubt]), ...members.gaps, ...invitations.gaps];
	return { business: { businessId, name, people, gaps } };
}

/** Throws the first failure when no business at all could be read: that is no review. */
async function lookAtAll(session: Session, input: Input, now: number): Promise<Review> {
	const memberships = await resolveBusinesses(session, input.chosen);
	const looked = await Promise.all(memberships.map(async (membership) => await lookAt(session, input, membership, now)));
	const businesses = looked.flatMap((result) => ('business' in result ? [result.business] : []));
	const unread = looked.flatMap((result) => ('unread' in result ? [result] : []));
	if (businesses.length === 0 && unread.length > 0) return await Promise.reject(unread[0].error);
	return {
		businesses,
		unread: unread.map(({ unread: { businessId, name }, error }) => ({ businessId, name, reason: reasonOf(error) })),
		directory: input.directory,
		staleAfterDays: input.staleAfterDays,
		invitationsRead: input.withInvitations,
	};
}

function toOutput(row: ReviewRow, input: Input): OutputRow {
	const json = input.scim ? toScimUser(scimSourceOfRow(row)) : rowJson(row, input.directory !== undefined);
	const place = input.directorySource === 'items' ? (row.entry?.place ?? 0) : input.item;
	return { json, output: PEOPLE, item: place };
}

async function execute(session: Session, input: Input): Promise<OutputRow[]> {
	const now = Date.now();
	const review = await lookAtAll(session, input, now);
	const rows = reviewRows(review);
	const summary = summaryJson(review, rows, now);
	// Somebody who uses the first output only must learn of it, too.
	if (!isComplete(review)) session.remark(String(summary.headline));
	const wanted = input.onlyFindings ? rows.filter(({ findings }) => findings.length > 0) : rows;
	return [...wanted.map((row) => toOutput(row, input)), { json: summary, output: SUMMARY, item: input.item }];
}

export const review: RunnableOperation = {
	description: [
		...businessesParameters(shown),
		{
			displayName: 'Directory',
			name: 'directory',
			type: 'options',
			default: 'items',
			description: 'What FreshBooks is held against: who should have access, for example from Okta, Entra ID, Google Workspace or a sheet',
			options: [
				{
					name: 'Input Items',
					value: 'items',
					description: 'All input items together: an email address each, and optionally role, active and businessId',
				},
				{ name: 'JSON', value: 'json', description: 'A list given below' },
				{ name: 'None', value: 'none', description: 'Review without a directory' },
			],
			...shown,
		},
		{
			displayName: 'Directory (JSON)',
			name: 'directoryJson',
			type: 'json',
			default: '[]',
			description: 'A list such as [{"email": "name@example.com", "role": "business_employee", "active": true}]',
			...shownWhen(shown, 'directory', 'json'),
		},
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			options: [
				{
					displayName: 'Active Field',
					name: 'activeField',
					type: 'string',
					default: '',
					placeholder: 'e.g. profile.isActive',
					description: 'Where the directory says who is active; found by itself under active, status, accountEnabled and suspended',
				},
				{
					displayName: 'Business Members',
					name: 'businessMembers',
					type: 'boolean',
					default: false,
					description:
						"Whether to read the members list by whole number as well, for those IDs and for people who stand in that list only; not in FreshBooks' documentation",
				},
				{
					displayName: 'Email Field',
					name: 'emailField',
					type: 'string',
					default: '',
					placeholder: 'e.g. profile.email',
					description: 'Where the directory has the address; found by itself under email, mail, primaryEmail, profile.email and userPrincipalName',
				},
				{
					displayName: 'Only Findings',
					name: 'onlyFindings',
					type: 'boolean',
					default: false,
					description: 'Whether to return only people about whom something was found; the summary counts everybody',
				},
				outputFormatOption,
				{
					displayName: 'Pending Invitations',
					name: 'pendingInvitations',
					type: 'boolean',
					default: true,
					description:
						"Whether to read pending invitations, which FreshBooks does not document; switched off, the review is complete without them and says so",
				},
				{
					displayName: 'Role Field',
					name: 'roleField',
					type: 'string',
					default: '',
					placeholder: 'e.g. profile.freshbooksRole',
					description: 'Where the directory has the role expected in FreshBooks; found by itself under role and freshbooksRole',
				},
				{
					displayName: 'Stale After Days',
					name: 'staleAfterDays',
					type: 'number',
					typeOptions: { minValue: 0 },
					default: 14,
					description: 'A pending invitation older than this is reported',
				},
			],
			...shown,
		},
	],
	outputs: 2,
	takesAllItems: (parameters) => sourceOf(parameters) === 'items',
	prepare(parameters) {
		const input = read(parameters);
		return { about: undefined, run: async (session) => await execute(session, input) };
	},
};
