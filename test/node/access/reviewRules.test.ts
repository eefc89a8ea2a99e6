import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { FreshBooks } from '../../../nodes/FreshBooks/FreshBooks.node';
import { onAFastClock } from '../../harness/clock';
import { errorOf, executeContext, shownErrorOf } from '../../harness/context';
import { EXAMPLE, invitationRow, invitationsAnswer, memberRow, membersPage, teamMemberRow, teamMembersPage } from '../../harness/examples';
import { onGet, onTheWire, pageOf } from '../../harness/wire';

jest.mock('n8n-workflow', () => jest.requireActual<typeof import('../../harness/clock')>('../../harness/clock').withFastSleep());
onTheWire();
onAFastClock();

/** FreshBooks' people in business 789, and the company's directory. */
interface World {
	team?: IDataObject[];
	members?: IDataObject[];
	invitations?: IDataObject[];
	directory?: IDataObject[];
	options?: IDataObject;
}

/** FreshBooks' response after the end of the list of invitations. */
const NONE_PAST_THE_END = { response: { invitations: [], pages: { page: 2, pages: 1, per_page: 100, total: 2 } } };

const active = (number: number, changes: IDataObject = {}): IDataObject =>
	teamMemberRow(number, { active: true, identity_id: 1000 + number, invitation_date_accepted: '2023-01-24T17:17:56Z', ...changes });

async function review({ team = [active(1)], members, invitations = [], directory, options = {} }: World) {
	onGet('/auth/api/v1/users/me').reply(200, EXAMPLE.usersMeFlat);
	onGet(pageOf('/auth/api/v1/businesses/789/team_members')).reply(200, teamMembersPage(team));
	onGet(pageOf('/auth/api/v1/business/789/invitations')).reply(200, invitationsAnswer(invitations));
	if (members) onGet(pageOf('/auth/api/v1/business/789/members')).reply(200, membersPage(members));
	const context = executeContext(
		{
			resource: 'access',
			operation: 'review',
			directory: directory ? 'json' : 'none',
			directoryJson: JSON.stringify(directory ?? []),
			options: { ...options, ...(members ? { businessMembers: true } : {}) } as INodeParameters,
		},
		{},
	);
	const [people, [summary]] = await new FreshBooks().execute.call(context);
	return { people: people.map(({ json }) => json), summary: summary.json, hints: context.hints.map(({ message }) => message) };
}

const kindsOf = ({ findings }: IDataObject): unknown[] => (findings as IDataObject[]).map(({ kind }) => kind);
const sentencesOf = ({ findings }: IDataObject): string => (findings as IDataObject[]).map(({ sentence }) => sentence).join(' ');

describe('matching people', () => {
	test('rows of both lists with one identity are one person, whatever the addresses', async () => {
		const { people } = await review({ team: [active(1)], members: [memberRow(7, { identity_id: 1001, email: 'new.name@example.com' })] });
		expect(people).toHaveLength(1);
		expect(people[0]).toMatchObject({ email: 'person1@example.com', otherAddresses: ['new.name@example.com'], sourceIds: { member: 7, identity: 1001 } });
		expect(kindsOf(people[0])).toEqual(['sameIdentity']);
	});

	test('two different identities with one address are two people', async () => {
		const { people } = await review({ team: [active(1)], members: [memberRow(7, { identity_id: 9, email: 'Person1@example.com' })] });
		expect(people.map(({ sourceIds }) => (sourceIds as IDataObject).identity)).toEqual([1001, 9]);
		expect(people.map(kindsOf)).toEqual([['duplicateAddress'], ['duplicateAddress']]);
	});

	test('of two rows with one address, the one with the identity of the published row is matched first', async () => {
		const members = [memberRow(6, { email: 'person1@example.com' }), memberRow(7, { identity_id: 1001, email: 'person1@example.com' })];
		const { people } = await review({ team: [active(1)], members });
		expect(people.map(({ sourceIds }) => (sourceIds as IDataObject).member)).toEqual([7, 6]);
	});

	test('of two rows with one identity, each is matched with the row of its address', async () => {
		const team = [active(1), active(2, { identity_id: 1001 })];
		const members = [memberRow(8, { identity_id: 1001, email: 'person2@example.com' }), memberRow(7, { identity_id: 1001, email: 'person1@example.com' })];
		const { people } = await review({ team, members });
		expect(people.map(({ email, sourceIds }) => [email, (sourceIds as IDataObject).member])).toEqual([['person1@example.com', 7], ['person2@example.com', 8]]);
	});

	test('a row without an identity is matched by address, and fills gaps of the published row', async () => {
		const { people } = await review({
			team: [active(1, { identity_id: null, invitation_date_accepted: null, first_name: null, business_role_name: null })],
			members: [memberRow(7, { identity_id: 1001, email: 'PERSON1@example.com', role: 'manager', first_name: 'Pat', confirmed: true })],
		});
		expect(people).toMatchObject([{ firstName: 'Pat', role: 'manager', confirmed: true, invitation: { state: 'accepted' }, sourceIds: { member: 7, identity: 1001 } }]);
		expect(kindsOf(people[0])).toEqual([]);
	});

	test('one identity with two rows of the published list is reported on both', async () => {
		const { people } = await review({ team: [active(1), active(2, { identity_id: 1001 })] });
		expect(people.map(({ otherAddresses }) => otherAddresses)).toEqual([['person2@example.com'], ['person1@example.com']]);
		expect(people.map(kindsOf)).toEqual([['sameIdentity'], ['sameIdentity']]);
		expect(sentencesOf(people[0])).toContain('person2@example.com');
	});

	test('a person who is in the directory with another address of the same identity is not an orphan', async () => {
		const { people } = await review({ team: [active(1), active(2, { identity_id: 1001 })], directory: [{ email: 'person1@example.com' }] });
		expect(people.map(kindsOf)).toEqual([['sameIdentity'], ['sameIdentity']]);
		expect(people[1]).toMatchObject({ email: 'person2@example.com', directory: { known: true, email: 'person1@example.com' } });
	});

	test('a leaver with another address of the same identity still has access', async () => {
		const { people } = await review({ team: [active(1), active(2, { identity_id: 1001 })], directory: [{ email: 'person1@example.com', active: false }] });
		expect(people.map(kindsOf)).toEqual([['leaver', 'sameIdentity'], ['leaver', 'sameIdentity']]);
	});

	test('rows without an identity do not share one', async () => {
		const { people } = await review({ team: [active(1, { identity_id: null }), active(2, { identity_id: null })], directory: [{ email: 'person1@example.com' }] });
		expect(people.map(kindsOf)).toEqual([[], ['orphan']]);
	});
});

describe('invitations in FreshBooks', () => {
	test.each(['accepted', 'expired', 'revoked', 'declined'])('an invitation that is %s is not pending', async (status) => {
		const { people, summary } = await review({ invitations: [invitationRow(55, { status })] });
		expect(people).toHaveLength(1);
		expect(summary).toMatchObject({ complete: true });
	});

	test('an unknown status makes the review incomplete, and is named', async () => {
		const { people, summary, hints } = await review({ invitations: [invitationRow(55, { email: 'x@example.com', status: 'sent' })] });
		expect(summary).toMatchObject({ complete: false });
		expect(summary.businessesRead).toMatchObject([{ gaps: [expect.stringContaining('Invitation 55 of x@example.com has the status "sent", which is not known')] }]);
		expect(people[1]).toMatchObject({ email: 'x@example.com', active: false, invitation: { state: 'unknown', id: 55, pending: false } });
		expect(hints.some((hint) => hint.startsWith('Review incomplete'))).toBe(true);
	});

	test('a person with an invitation of unknown status is not reported as missing', async () => {
		const { people } = await review({ invitations: [invitationRow(55, { email: 'x@example.com', status: 'sent' })], directory: [{ email: 'x@example.com', role: 'employee' }, { email: 'person1@example.com' }] });
		expect(people.map(kindsOf)).toEqual([[], []]);
	});

	test('many invitations of unknown status are one gap with their number', async () => {
		const invitations = Array.from({ length: 40 }, (_, index) => invitationRow(100 + index, { status: 'sent' }));
		const { summary } = await review({ invitations });
		const [{ gaps }] = summary.businessesRead as Array<{ gaps: string[] }>;
		expect(gaps).toEqual([expect.stringMatching(/^40 invitations have the status "sent", which is not known: 100 of .*, and 30 more\./)]);
	});

	test('a member who also has a pending invitation shows both', async () => {
		const { people } = await review({
			invitations: [invitationRow(55, { email: 'person1@example.com', role: 'business_partner', created_at: '2020-01-01T00:00:00Z' })],
			directory: [{ email: 'person1@example.com', role: 'employee' }],
		});
		expect(people).toMatchObject([{ active: true, invitation: { state: 'accepted', pending: true, id: 55, role: 'business_partner', invitedAt: '2020-01-01T00:00:00.000Z', ageDays: expect.any(Number) } }]);
		expect(kindsOf(people[0])).toEqual(['roleMismatch', 'staleInvitation', 'privileged']);
		expect(sentencesOf(people[0])).toContain('Admin');
	});

	test('a leaver who is a member and invited has both in the report', async () => {
		const { people } = await review({ invitations: [invitationRow(55, { email: 'person1@example.com' })], directory: [{ email: 'person1@example.com', active: false }] });
		expect(sentencesOf(people[0])).toMatch(/has access and a pending invitation/);
	});

	test('whether a person is invited is unknown if the list of invitations may lack a row', async () => {
		onGet('/auth/api/v1/users/me').reply(200, EXAMPLE.usersMeFlat);
		onGet(pageOf('/auth/api/v1/businesses/789/team_members')).reply(200, teamMembersPage([active(1, { identity_id: null, invitation_date_accepted: null })]));
		const short = { response: { invitations: [invitationRow(55)], pages: { page: 1, pages: 1, per_page: 100, total: 2 } } };
		for (const page of [1, 2]) onGet(pageOf('/auth/api/v1/business/789/invitations', page)).times(2).reply(200, page === 1 ? short : NONE_PAST_THE_END);
		const context = executeContext({ resource: 'access', operation: 'review', directory: 'none' }, {});
		const [people] = await new FreshBooks().execute.call(context);
		expect(people[0].json).toMatchObject({ email: 'person1@example.com', invitation: { state: 'unknown' } });
	});
});

describe('people in FreshBooks', () => {
	test('an unconfirmed member is not deactivated and has not accepted', async () => {
		const { people } = await review({ members: [memberRow(7, { email: 'u@example.com', confirmed: false }), memberRow(8, { email: 'c@example.com', confirmed: true })], directory: [{ email: 'person1@example.com' }] });
		expect(people[1]).toMatchObject({ email: 'u@example.com', active: null, confirmed: false, invitation: { state: 'none', acceptedAt: null } });
		expect(people[2]).toMatchObject({ email: 'c@example.com', active: null, confirmed: true, invitation: { state: 'accepted' } });
		expect(sentencesOf(people[1])).toContain('unconfirmed address');
		expect(sentencesOf(people[1])).not.toMatch(/has access|inactive/);
	});

	test('an unconfirmed member with an identity has not accepted', async () => {
		const { people } = await review({ members: [memberRow(7, { email: 'u@example.com', identity_id: 5, confirmed: false })] });
		expect(people[1]).toMatchObject({ confirmed: false, active: null, invitation: { state: 'none' } });
	});

	test('confirmed is null if the members list was not read', async () => {
		expect((await review({})).people).toMatchObject([{ confirmed: null, otherAddresses: [] }]);
	});

	test('a list without even the connected user is doubtful', async () => {
		const { summary } = await review({ team: [] });
		expect(summary).toMatchObject({ complete: false, people: 0, headline: expect.stringMatching(/^Review incomplete/) });
		expect(summary.businessesRead).toMatchObject([{ gaps: [expect.stringContaining('not even the connected user')] }]);
	});

	test('an empty members list is doubtful too', async () => {
		expect((await review({ members: [] })).summary).toMatchObject({ complete: false });
	});

	test("a row has FreshBooks' title of the role and the role", async () => {
		const { people } = await review({ team: [active(1, { business_role_name: 'business_partner' }), active(2, { business_role_name: 'brand_new' }), active(3, { business_role_name: null })] });
		expect(people.map(({ role, roleName }) => [role, roleName])).toEqual([['business_partner', 'Admin'], ['brand_new', 'brand_new'], [null, null]]);
	});
});

describe('the directory', () => {
	test('all unknown statuses are counted, and the summary starts with them', async () => {
		const directory = [...Array.from({ length: 12 }, (_, index) => ({ email: `s${index}@example.com`, status: 'Sabbatical' })), { email: 'person1@example.com', status: 'on leave' }];
		const { summary, hints } = await review({ directory });
		expect(summary.headline).toContain('gives 13 people a status that is not known, which the review ignored: "Sabbatical" (12) and "on leave" (1).');
		expect(summary.directory).toMatchObject({ unknownStatuses: [{ status: 'Sabbatical', people: 12 }, { status: 'on leave', people: 1 }], problemCount: 13 });
		expect((summary.directory as IDataObject).problems).toHaveLength(10);
		expect(hints.some((hint) => hint.includes('"Sabbatical" (12)'))).toBe(true);
	});

	test('the summary starts with the number of unknown statuses, and lists all', async () => {
		const directory = Array.from({ length: 15 }, (_, index) => ({ email: `s${index}@example.com`, status: `status ${index}` }));
		const { summary } = await review({ directory });
		expect(summary.headline).toContain('and 5 more');
		expect((summary.directory as { unknownStatuses: unknown[] }).unknownStatuses).toHaveLength(15);
	});

	test('a directory without unknown values says so', async () => {
		const { summary } = await review({ directory: [{ email: 'person1@example.com', status: 'LOCKED_OUT' }] });
		expect(summary.headline).not.toContain('status');
		expect(summary.directory).toMatchObject({ unknownStatuses: [], problems: [], problemCount: 0 });
	});

	test('a person who is expected in another business is reported', async () => {
		const { people } = await review({ directory: [{ email: 'person1@example.com', role: 'employee', businessId: 790 }] });
		expect((people[0].findings as IDataObject[])[0]).toMatchObject({ kind: 'unexpectedBusiness', severity: 'high', sentence: expect.stringContaining('business 790') });
	});

	test('an invitation of a person who is expected in another business is reported', async () => {
		const { people } = await review({ team: [active(1)], invitations: [invitationRow(55)], directory: [{ email: 'person1@example.com' }, { email: 'invited55@example.com', businessId: 790 }] });
		expect((people[1].findings as IDataObject[])[0]).toMatchObject({ kind: 'unexpectedBusiness', severity: 'medium' });
	});

	test.each([
		['in this business too', [{ email: 'person1@example.com', businessId: 790 }, { email: 'person1@example.com', businessId: 789 }]],
		['in every business', [{ email: 'person1@example.com', businessId: 790 }, { email: 'person1@example.com' }]],
		['here with another address', [{ email: 'person1@example.com', businessId: 790 }, { email: 'person2@example.com', businessId: 789 }]],
	])('a person who is expected %s is not', async (_case, directory) => {
		const { people } = await review({ team: [active(1), active(2, { identity_id: 1001 })], directory });
		expect(kindsOf(people[0])).not.toContain('unexpectedBusiness');
	});

	test('a person who is inactive here and expected elsewhere has no access here', async () => {
		const { people } = await review({ team: [active(1, { active: false, business_role_name: 'no_seat_employee' })], directory: [{ email: 'person1@example.com', businessId: 790 }] });
		expect(kindsOf(people[0])).toEqual([]);
	});

	test('an incomplete review suggests no invitation', async () => {
		const { people } = await review({ team: [], directory: [{ email: 'new@example.com', role: 'employee' }] });
		expect(kindsOf(people[0])).toEqual(['missing']);
		expect(sentencesOf(people[0])).not.toContain('invite them');
	});
});

describe('the options of a review', () => {
	const reviewing = (options: unknown): INodeParameters => ({ resource: 'access', operation: 'review', directory: 'none', options: options as INodeParameters });

	test.each<[string, IDataObject, string]>([
		['an unknown output format', { outputFormat: 'csv' }, "'Output Format'"],
		['an invalid number of days', { staleAfterDays: 'soon' }, "'Stale Invitation After Days'"],
		['a number of days below 0', { staleAfterDays: '-1' }, "'Stale Invitation After Days'"],
		['an empty number of days', { staleAfterDays: ' ' }, "'Stale Invitation After Days'"],
		['an expression for the days with an empty result', { staleAfterDays: '={{ $json.nope }}' }, "'Stale Invitation After Days'"],
		['an endless number of days', { staleAfterDays: 'Infinity' }, "'Stale Invitation After Days'"],
		['an empty email field', { emailField: '' }, "'Email Field'"],
		['a blank role field', { roleField: '  ' }, "'Role Field'"],
		['an expression for the active field with an empty result', { activeField: '={{ $json.nope }}' }, "'Active Field'"],
		['an invalid boolean', { onlyFindings: 'maybe' }, "'Only People with Findings'"],
	])('refuse %s', async (_case, options, parameter) => {
		expect((await errorOf(reviewing(options))).message).toMatch(new RegExp(`^(Parameter ${parameter}|${parameter.replaceAll("'", '')} is empty)`));
	});

	test('refuse an unknown option name if the host passes one: n8n drops it before the node runs', async () => {
		const context = executeContext(reviewing({}), {});
		const known = context.getNodeParameter.bind(context);
		jest.spyOn(context, 'getNodeParameter').mockImplementation((name: string) => (name === 'options' ? { staleAfterDay: 3 } : known(name, 0)));
		const error = await shownErrorOf(new FreshBooks().execute.call(context));
		expect(error.message).toBe("Parameter 'Options' has an entry that this operation does not have: staleAfterDay [item 0]");
		expect(error.description).toBe('To fix this, remove it.');
	});

	test('are accepted as text', async () => {
		const world = { invitations: [invitationRow(55, { created_at: '2020-01-01T00:00:00Z' })] };
		const { people } = await review({ ...world, options: { staleAfterDays: ' 999999 ', onlyFindings: 'true' } });
		expect(people).toEqual([]);
		const again = await review({ ...world, options: { staleAfterDays: '14', onlyFindings: 'false' } });
		expect(again.people.map(kindsOf)).toEqual([[], ['staleInvitation']]);
	});

	test('are trimmed', async () => {
		const { people } = await review({ directory: [{ work: 'person1@example.com' }], options: { emailField: ' work ' } });
		expect(people.map(kindsOf)).toEqual([[]]);
	});
});
