import fc from 'fast-check';

import { businessMemberOf } from '../../../nodes/FreshBooks/api/businessMembers';
import { invitationOf } from '../../../nodes/FreshBooks/api/invitations';
import { teamMemberOf } from '../../../nodes/FreshBooks/api/teamMembers';
import { readDirectory, entryFor } from '../../../nodes/FreshBooks/people/directory';
import { FINDING_KINDS } from '../../../nodes/FreshBooks/people/findings';
import { peopleOf } from '../../../nodes/FreshBooks/people/reviewedPeople';
import { reviewRows, rowJson, summaryJson, type Review, type ReviewRow } from '../../../nodes/FreshBooks/people/reviewReport';
import { mayNotManage, sameRole } from '../../../nodes/FreshBooks/people/roles';
import { NOW, rowsOfTable, TABLE } from './table';

const BUSINESS = { businessId: 101, name: 'One' };

function reviewOfTable(changes: Partial<Review> = {}): Review {
	const { teamMembers, invitations, directory } = rowsOfTable();
	const people = peopleOf(BUSINESS, { teamMembers, businessMembers: null, invitations }, NOW);
	return {
		businesses: [{ ...BUSINESS, people, gaps: [] }],
		unread: [],
		directory: readDirectory(directory),
		staleAfterDays: 14,
		invitationsRead: true,
		...changes,
	};
}

const labels = ({ findings }: ReviewRow): string[] => findings.map(({ kind, severity }) => `${kind}:${severity}`);
const emailOf = ({ person, entry }: ReviewRow): string => person?.email ?? entry?.email ?? '';

describe('a review of thirty-four people', () => {
	test('has exactly the findings of the table for each person', () => {
		const found = new Map(reviewRows(reviewOfTable()).map((row) => [emailOf(row), labels(row)]));
		// People who are only in the directory and not expected have no row.
		const expected = TABLE.filter(({ team, invited, expected: all }) => team ?? invited ?? all[0]);
		expect(TABLE).toHaveLength(34);
		expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected.map(({ email, expected: all }) => [email, all])));
	});

	test('a deactivated member with a new invitation can return: a leaver, and a pending invitation', () => {
		const { teamMembers } = rowsOfTable();
		const row = { ...teamMembers[0], email: 'back@x.org', active: false };
		const invitations = [invitationOf({ id: 900, email: 'Back@x.org', role: 'business_employee', status: 'pending', created_at: '2026-10-01T00:00:00Z' })];
		const people = peopleOf(BUSINESS, { teamMembers: [row], businessMembers: null, invitations }, NOW);
		const [found] = reviewRows(reviewOfTable({ businesses: [{ ...BUSINESS, people, gaps: [] }], directory: readDirectory([{ email: 'back@x.org', active: false }]) }));
		expect(found.person?.invitation).toMatchObject({ state: 'pending', id: 900, acceptedAt: expect.any(String), ageDays: 51 });
		expect(labels(found)).toEqual(['leaver:high', 'staleInvitation:medium']);
	});

	test('has each kind of finding', () => {
		const kinds = new Set(reviewRows(reviewOfTable()).flatMap(({ findings }) => findings.map(({ kind }) => kind)));
		expect([...kinds].sort()).toEqual([...FINDING_KINDS].sort());
	});

	test('every finding names the person and the fix', () => {
		for (const row of reviewRows(reviewOfTable())) {
			for (const { sentence } of row.findings) expect(sentence).toMatch(new RegExp(`^${emailOf(row).replace(/\./g, '\\.')} .+: .+\\.$`));
		}
	});

	test('the summary counts people and findings, and starts by saying that it is complete', () => {
		const review = reviewOfTable();
		const summary = summaryJson(review, reviewRows(review), NOW);
		const all = TABLE.flatMap(({ expected }) => expected);
		expect(Object.keys(summary)[0]).toBe('headline');
		expect(summary.headline).toMatch(/^Complete review of 1 business and 29 people; findings: 7 high, 12 medium, 5 low, 4 info/);
		expect(summary).toMatchObject({ complete: true, people: 29, invitationsWithoutDate: 1, reviewedAt: '2026-11-21T12:00:00.000Z' });
		for (const kind of FINDING_KINDS) {
			expect([kind, (summary.findings as Record<string, number>)[kind]]).toEqual([kind, all.filter((label) => label.startsWith(`${kind}:`)).length]);
		}
		expect(summary.directory).toMatchObject({ skipped: 0, problems: [expect.stringContaining('sabbatical')] });
	});

	test('a business that could not be read makes it incomplete, and the summary starts with that', () => {
		const review = reviewOfTable({ unread: [{ businessId: 7, name: 'Seven', reason: 'No permission' }] });
		const summary = summaryJson(review, reviewRows(review), NOW);
		expect(summary.complete).toBe(false);
		expect(summary.headline).toMatch(/^Review incomplete: do not sign off\. Seven could not be read: no permission\. In what was read: 29 people; findings: 7 high/);
		const sentence = reviewRows(review).find((row) => emailOf(row) === 'missing1@x.org')?.findings[0].sentence;
		expect(sentence).toContain('what was read');
	});

	test('a business without a name is called by its ID in the headline, also where FreshBooks names it', () => {
		const review = reviewOfTable({ unread: [{ businessId: 7, name: null, reason: 'FreshBooks did not accept the list: business 7 is suspended' }] });
		const { headline } = summaryJson(review, reviewRows(review), 0);
		expect(headline).toContain(' business 7 could not be read: FreshBooks did not accept the list: business 7 is suspended.');
	});

	test('a reason that several businesses share is reported once', () => {
		const reason = 'You are only an Employee there';
		const unread = [7, 8, 9].map((businessId) => ({ businessId, name: businessId === 9 ? null : `B${businessId}`, reason }));
		const review = reviewOfTable({ unread: [...unread, { businessId: 10, name: 'Ten', reason: 'FreshBooks was not reached' }] });
		expect(summaryJson(review, reviewRows(review), NOW).headline).toContain(
			'do not sign off. B7, B8 and business 9 could not be read: you are only an Employee there. Ten could not be read: FreshBooks was not reached. In what',
		);
	});

	test('what a person reads comes first: the most severe finding in one sentence, then who and where, and lists last', () => {
		const json = (email: string, more = {}) => rowJson(reviewRows(reviewOfTable(more)).find((row) => emailOf(row) === email)!, true);
		const leaver = json('leaver4@x.org');
		expect(Object.keys(leaver)).toEqual([
			'severity', 'sentence', 'email', 'firstName', 'lastName', 'role', 'roleName', 'active', 'businessName', 'businessId', 'confirmed',
			'findings', 'invitation', 'directory', 'otherAddresses', 'sourceIds',
		]);
		expect(leaver).toMatchObject({ severity: 'high', sentence: 'leaver4@x.org has left according to the directory, but has access: offboard them. 1 more finding.' });
		expect((leaver.findings as object[]).map((finding) => Object.keys(finding))).toEqual(Array(2).fill(['severity', 'sentence', 'kind']));
		expect(json('fine1@x.org')).toMatchObject({ severity: null, sentence: 'No findings.' });
		expect(json('role1@x.org').sentence).toBe('role1@x.org has the role Manager, but the directory expects Employee: change the role or the directory.');
	});

	test('the summary begins with what a person reads, and its lists come last', () => {
		const review = reviewOfTable();
		expect(Object.keys(summaryJson(review, reviewRows(review), NOW))).toEqual([
			'headline', 'complete', 'people', 'peopleWithFindings', 'invitationsWithoutDate', 'reviewedAt', 'severities', 'findings', 'businessesNotRead', 'businessesRead', 'directory',
		]);
	});

	test('a list with a gap also makes it incomplete', () => {
		const review = reviewOfTable();
		review.businesses[0].gaps.push('some may be hidden');
		expect(summaryJson(review, reviewRows(review), NOW)).toMatchObject({ complete: false, headline: expect.stringMatching(/^Review incomplete: do not sign off\. Not read completely: One\. /) });
	});

	test('without a directory nobody is an orphan', () => {
		const rows = reviewRows(reviewOfTable({ directory: undefined }));
		const kinds = new Set(rows.flatMap(({ findings }) => findings.map(({ kind }) => kind)));
		expect([...kinds].sort()).toEqual(['duplicateAddress', 'inactiveWithSeat', 'neverAccepted', 'privileged', 'sameIdentity', 'staleInvitation']);
	});

	test('unread invitations are unknown, not absent', () => {
		const { teamMembers } = rowsOfTable();
		const people = peopleOf(BUSINESS, { teamMembers, businessMembers: null, invitations: null }, NOW);
		const never = people.find(({ email }) => email === 'never1@x.org');
		expect(never?.invitation.state).toBe('unknown');
	});

	test('a person with an identity has joined, even without a date', () => {
		const row = { uuid: 'u', email: 'a@x.org', business_role_name: 'business_employee', active: true, identity_id: 7, invitation_date_accepted: null };
		const [person] = peopleOf(BUSINESS, { teamMembers: [teamMemberOf(row)], businessMembers: null, invitations: [] }, NOW);
		expect(person.invitation).toMatchObject({ state: 'accepted', acceptedAt: null });
	});

	test('an invitation without a date does not take its age from a deactivated person who accepted an earlier one', () => {
		const row = { uuid: 'u', email: 'a@x.org', business_role_name: 'business_employee', active: false, identity_id: 7, created_at: '2023-01-24T17:17:56Z' };
		const [person] = peopleOf(BUSINESS, { teamMembers: [teamMemberOf(row)], businessMembers: null, invitations: [invitationOf({ id: 5, email: 'a@x.org', role: 'employee' })] }, NOW);
		expect(person.invitation).toMatchObject({ state: 'pending', id: 5, invitedAt: null, ageDays: null });
	});

	test('the members list adds whole-number IDs, and people who are only in that list', () => {
		const { teamMembers } = rowsOfTable();
		const members = [{ id: 7, email: 'FINE1@x.org', role: 'employee', confirmed: true }, { id: 8, email: 'only.here@x.org', role: 'employee', confirmed: true }].map(businessMemberOf);
		const people = peopleOf(BUSINESS, { teamMembers, businessMembers: members, invitations: [] }, NOW);
		expect(people.find(({ email }) => email === 'fine1@x.org')?.sourceIds.member).toBe(7);
		expect(people.filter(({ email }) => email === 'only.here@x.org')).toMatchObject([{ sourceIds: { member: 8, teamMember: null }, listed: true }]);
		expect(people).toHaveLength(teamMembers.length + 1);
	});

	test('a person expected in one business only is missing there, not elsewhere', () => {
		const person = { businessId: 102, name: 'Two' };
		const directory = readDirectory([{ email: 'new@x.org', role: 'employee', businessId: 102 }]);
		const review = reviewOfTable({ directory });
		review.businesses.push({ ...person, people: [], gaps: [] });
		const rows = reviewRows(review).filter((row) => emailOf(row) === 'new@x.org');
		expect(rows).toMatchObject([{ businessId: 102, businessName: 'Two', findings: [{ kind: 'missing' }] }]);
	});

	test('a person in any reviewed business is not missing', () => {
		const directory = readDirectory([{ email: 'fine1@x.org', role: 'employee' }]);
		const review = reviewOfTable({ directory });
		review.businesses.push({ businessId: 102, name: 'Two', people: [], gaps: [] });
		expect(reviewRows(review).flatMap(({ findings }) => findings.map(({ kind }) => kind))).not.toContain('missing');
	});
});

describe('a directory', () => {
	test.each([
		['Okta', { profile: { email: 'a@x.org' }, status: 'ACTIVE' }, { status: 'DEPROVISIONED' }],
		['Entra ID', { userPrincipalName: 'a@x.org', accountEnabled: true }, { accountEnabled: false }],
		['Entra ID with mail', { mail: 'a@x.org', userPrincipalName: 'a@x.onmicrosoft.com', accountEnabled: true }, { accountEnabled: false }],
		['Google Workspace', { primaryEmail: 'a@x.org', suspended: false }, { suspended: true }],
		['Google Workspace in a sheet', { primaryEmail: 'a@x.org', suspended: 'FALSE' }, { suspended: 'TRUE' }],
		['SCIM with a user name that is not an address', { userName: 'ada', emails: [{ value: 'a@x.org' }], active: true }, { active: false }],
		['SCIM', { userName: 'a@x.org', active: true }, { active: false }],
		['a sheet', { email: ' A@X.org ', active: 'yes' }, { active: 'No' }],
		['a sheet with capitals', { Email: 'a@x.org', Active: 1 }, { Active: 0 }],
	])('%s is understood without settings', (_name, row, gone) => {
		const entry = (changes = {}) => entryFor(readDirectory([{ ...row, ...changes }]), ['a@x.org'], 1);
		expect(entry()).toMatchObject({ active: true });
		expect(entry(gone)).toMatchObject({ active: false });
	});

	test('other field names can be set, including nested ones', () => {
		const fields = { email: 'work.address', role: 'work.roles.0', active: 'enabled' };
		const directory = readDirectory([{ work: { address: 'a@x.org', roles: ['contractor'] }, enabled: 'n' }], fields);
		expect(entryFor(directory, ['a@x.org'], 1)).toMatchObject({ role: 'contractor', active: false });
	});

	test('rows without an address are counted and reported', () => {
		const directory = readDirectory([{ email: 'a@x.org' }, { name: 'no address' }, 'text', null, { email: 'nonsense' }]);
		expect(directory).toMatchObject({ rows: 5, skipped: 4 });
		expect(directory.problems).toHaveLength(4);
	});

	test.each([
		['a status', { status: 'sabbatical' }, 'sabbatical'],
		['a yes or no of its own field', { suspended: 'perhaps' }, 'perhaps'],
		['a yes or no beside a status that is known', { status: 'ACTIVE', archived: '2026-01-01' }, '2026-01-01'],
		['an object', { status: { name: 'ACTIVE' } }, 'not a text'],
	])('an unknown %s is neither active nor inactive', (_case, row, status) => {
		const directory = readDirectory([{ email: 'a@x.org', ...row }]);
		expect(entryFor(directory, ['a@x.org'], 1)).toMatchObject({ active: null });
		expect(directory.unknownStatuses).toEqual([{ status, people: 1 }]);
	});

	test('statuses are counted ignoring case, most frequent first', () => {
		const rows = ['Leave', 'sabbatical', 'leave ', 'LEAVE', 'Sabbatical'].map((status, index) => ({ email: `a${index}@x.org`, status }));
		expect(readDirectory(rows).unknownStatuses).toEqual([{ status: 'Leave', people: 3 }, { status: 'sabbatical', people: 2 }]);
	});

	test('a person who is inactive by one field is inactive, whatever another field says', () => {
		const directory = readDirectory([{ email: 'a@x.org', status: 'DEPROVISIONED', suspended: 'perhaps' }, { email: 'b@x.org', status: 'sabbatical', suspended: true }]);
		expect(entryFor(directory, ['a@x.org'], 1)).toMatchObject({ active: false });
		expect(entryFor(directory, ['b@x.org'], 1)).toMatchObject({ active: false });
		expect(directory.unknownStatuses).toEqual([]);
	});

	test('a business ID may be text with spaces, and an invalid one is counted', () => {
		const directory = readDirectory([{ email: 'a@x.org', businessId: ' 102 ' }, { email: 'b@x.org', businessId: 'Two' }]);
		expect(entryFor(directory, ['a@x.org'], 102)).toMatchObject({ businessId: 102 });
		expect(directory).toMatchObject({ problemCount: 1, problems: [expect.stringContaining('business ID of b@x.org')] });
	});

	test('with contradicting entries, an active one counts, and an entry for the business counts before a general one', () => {
		const twice = readDirectory([{ email: 'a@x.org', active: false }, { email: 'A@x.org', active: true, role: 'manager' }]);
		expect(entryFor(twice, ['a@x.org'], 1)).toMatchObject({ active: true, role: 'manager' });
		const perBusiness = readDirectory([{ email: 'a@x.org', role: 'manager' }, { email: 'a@x.org', role: 'contractor', businessId: 2 }]);
		expect(entryFor(perBusiness, ['a@x.org'], 2)?.role).toBe('contractor');
		expect(entryFor(perBusiness, ['a@x.org'], 1)?.role).toBe('manager');
	});

	test('with contradicting entries for other businesses, an active one counts', () => {
		const elsewhere = readDirectory([{ email: 'a@x.org', businessId: 2, active: false }, { email: 'a@x.org', businessId: 3, active: true, role: 'manager' }]);
		expect(entryFor(elsewhere, ['a@x.org'], 1)).toMatchObject({ active: true, role: null });
	});

	test('no directory row makes reading fail', () => {
		fc.assert(fc.property(fc.array(fc.anything(), { maxLength: 20 }), (rows) => {
			const { skipped, rows: count } = readDirectory(rows);
			expect(count).toBe(rows.length);
			expect(skipped).toBeLessThanOrEqual(count);
		}));
	});
});

describe('role names', () => {
	test.each([
		['business_manager', 'Manager', true],
		['business_manager', 'Business Manager', true],
		['business_partner', 'Admin', true],
		['no_seat_employee', 'Unassigned', true],
		['business_employee', 'Basic Employee', true],
		['business_employee', 'business_manager', false],
		['something_new', 'Something New', true],
	])('%s and %s: %s', (one, other, same) => {
		expect(sameRole(one, other)).toBe(same);
	});

	test('an unknown role may manage people', () => {
		expect(mayNotManage('something_new')).toBe(false);
		expect(mayNotManage(null)).toBe(false);
		expect(mayNotManage('business_employee')).toBe(true);
	});
});
