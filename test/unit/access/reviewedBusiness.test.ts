import fc from 'fast-check';

import { businessMemberOf, type BusinessMember } from '../../../nodes/FreshBooks/api/businessMembers';
import { invitationOf, type Invitation } from '../../../nodes/FreshBooks/api/invitations';
import { teamMemberOf, type TeamMember } from '../../../nodes/FreshBooks/api/teamMembers';
import type { WireObject } from '../../../nodes/FreshBooks/client/json';
import { readDirectory } from '../../../nodes/FreshBooks/people/directory';
import { wasRead, type BusinessLists, type ReadList } from '../../../nodes/FreshBooks/people/businessLists';
import { reviewedBusiness } from '../../../nodes/FreshBooks/people/reviewedBusiness';
import { reviewRows, type Review, type ReviewRow } from '../../../nodes/FreshBooks/people/reviewReport';
import { scimSourceOfRow } from '../../../nodes/FreshBooks/people/reviewScim';
import { SCIM_FRESHBOOKS_USER, toScimUser } from '../../../nodes/FreshBooks/people/scimUser';
import { scimProblems } from './scimSchema';
import { NOW } from './table';

const ONE = { businessId: 101, name: 'One' };
const TWO = { businessId: 102, name: 'Two' };
const BOTH = { withInvitations: true, withMembers: true };
const NEITHER = { withInvitations: false, withMembers: false };

const complete = <Row>(rows: Row[]): ReadList<Row> => ({ rows, state: 'complete' });
const team = (...rows: WireObject[]): TeamMember[] => rows.map((row, index) => teamMemberOf({ uuid: `u${index}`, active: true, business_role_name: 'business_employee', ...row }));
const members = (...rows: WireObject[]): BusinessMember[] => rows.map((row, index) => businessMemberOf({ id: index + 1, ...row }));
const invitations = (...rows: WireObject[]): Invitation[] => rows.map((row, index) => invitationOf({ id: 500 + index, status: 'pending', ...row }));

function lists(changes: Partial<BusinessLists> = {}): BusinessLists {
	return {
		teamMembers: complete(team({ email: 'a@x.org', identity_id: 1 })),
		businessMembers: complete(members({ email: 'a@x.org' })),
		invitations: complete([]),
		...changes,
	};
}

describe('what was not read', () => {
	test('leaves no gap if every list is complete', () => {
		expect(reviewedBusiness(ONE, lists(), BOTH, NOW)).toMatchObject({ businessId: 101, name: 'One', gaps: [] });
	});

	test.each(['doubtful', 'unread', 'notOffered'] as const)('leaves the reason of each list that is %s', (state) => {
		const partly = (reason: string) => ({ rows: [], state, reason });
		const read = lists({ businessMembers: partly('No members.'), invitations: partly('No invitations.') });
		expect(reviewedBusiness(ONE, read, BOTH, NOW).gaps).toEqual(['No members.', 'No invitations.']);
	});

	test('does not matter if the list is not used', () => {
		const unread: ReadList<never> = { rows: [], state: 'unread', reason: 'Not read.' };
		expect(reviewedBusiness(ONE, lists({ businessMembers: unread, invitations: unread }), NEITHER, NOW).gaps).toEqual([]);
	});

	test('is the published list, if it may lack a row', () => {
		const read = lists({ teamMembers: { rows: team({ email: 'a@x.org' }), state: 'doubtful', reason: 'It moved.' } });
		expect(reviewedBusiness(ONE, read, NEITHER, NOW)).toMatchObject({ gaps: ['It moved.'], people: [{ email: 'a@x.org' }] });
	});

	test('is named, even without a reason', () => {
		expect(reviewedBusiness(ONE, lists({ invitations: { rows: [], state: 'unread' } }), BOTH, NOW).gaps).toEqual(['The invitations of business 101 were not read completely.']);
	});

	test('omits the rows of unused lists', () => {
		const read = lists({ businessMembers: complete(members({ email: 'b@x.org' })), invitations: complete(invitations({ email: 'c@x.org' })) });
		expect(reviewedBusiness(ONE, read, BOTH, NOW).people.map(({ email }) => email)).toEqual(['a@x.org', 'b@x.org', 'c@x.org']);
		expect(reviewedBusiness(ONE, read, NEITHER, NOW).people.map(({ email }) => email)).toEqual(['a@x.org']);
	});

	test.each([
		['complete', true],
		['doubtful', true],
		['unread', false],
		['notOffered', false],
	] as const)('a list that is %s was read: %s', (state, read) => {
		expect(wasRead({ rows: [], state })).toBe(read);
	});

	test('each unknown status is one gap', () => {
		const rows = invitations({ email: 'b@x.org', status: 'sent' }, { email: 'c@x.org', status: 'sent' }, { email: 'd@x.org', status: 'queued' }, { email: 'e@x.org' }, { email: 'f@x.org', status: 'expired' });
		expect(reviewedBusiness(ONE, lists({ invitations: complete(rows) }), BOTH, NOW).gaps).toEqual([
			'2 invitations have the status "sent", which is not known: 500 of b@x.org, 501 of c@x.org. Check in FreshBooks whether it is pending.',
			'Invitation 502 of d@x.org has the status "queued", which is not known. Check in FreshBooks whether it is pending.',
		]);
	});
});

describe('one identity in two businesses', () => {
	function rowsOf(directory: WireObject[]): ReviewRow[] {
		const businesses = [
			reviewedBusiness(ONE, lists({ teamMembers: complete(team({ email: 'a@x.org', identity_id: 1 })) }), NEITHER, NOW),
			reviewedBusiness(TWO, lists({ teamMembers: complete(team({ email: 'b@x.org', identity_id: 1 })) }), NEITHER, NOW),
		];
		return reviewRows({ businesses, unread: [], directory: readDirectory(directory), staleAfterDays: 14, invitationsRead: false } satisfies Review);
	}
	const kinds = (rows: ReviewRow[]) => rows.map(({ findings }) => findings.map(({ kind }) => kind));

	test('is known to the directory under either address', () => {
		expect(kinds(rowsOf([{ email: 'a@x.org' }]))).toEqual([[], []]);
		expect(kinds(rowsOf([{ email: 'b@x.org' }]))).toEqual([[], []]);
		expect(kinds(rowsOf([{ email: 'c@x.org' }]))).toEqual([['orphan'], ['orphan']]);
	});

	test('is not missing in a business where it has another address', () => {
		expect(kinds(rowsOf([{ email: 'a@x.org', role: 'employee', businessId: 102 }, { email: 'a@x.org', businessId: 101 }]))).toEqual([[], []]);
	});

	test('has left both when the directory says so', () => {
		expect(kinds(rowsOf([{ email: 'a@x.org', active: false }]))).toEqual([['leaver'], ['leaver']]);
	});

	test('has not left while the directory has an active entry under one of its addresses', () => {
		expect(kinds(rowsOf([{ email: 'a@x.org', active: false }, { email: 'b@x.org', active: true }]))).toEqual([[], []]);
	});
});

describe('a finding', () => {
	function findings(read: Partial<BusinessLists>, directory: WireObject[]): string[] {
		const business = reviewedBusiness(ONE, lists(read), BOTH, NOW);
		const [{ findings: found }] = reviewRows({ businesses: [business], unread: [], directory: readDirectory(directory), staleAfterDays: 14, invitationsRead: true });
		return found.map(({ kind, severity, sentence }) => `${kind} ${severity} ${sentence}`);
	}

	test('about a person who left another business is only that they left', () => {
		expect(findings({}, [{ email: 'a@x.org', businessId: 102, active: false }])).toEqual([expect.stringMatching(/^leaver high/)]);
	});

	test('about an active person shows their access, even if the address is not confirmed', () => {
		const read = { businessMembers: complete(members({ email: 'a@x.org', confirmed: false })) };
		expect(findings(read, [{ email: 'z@x.org' }])).toEqual(['orphan high a@x.org has access, but the directory does not list them: offboard them or add them to the directory.']);
	});

	test('about a role needs a role that gives access: an inactive person has none, but their invitation does', () => {
		const teamMembers = complete(team({ email: 'a@x.org', identity_id: 1, active: false, business_role_name: 'no_seat_employee' }));
		const directory = [{ email: 'a@x.org', role: 'manager' }];
		expect(findings({ teamMembers }, directory)).toEqual([expect.stringMatching(/^inactiveWithSeat low a@x.org is inactive .* activate them/)]);
		expect(findings({ teamMembers, invitations: complete(invitations({ email: 'a@x.org', role: 'Business Manager' })) }, directory)).toEqual([]);
		expect(findings({ teamMembers, invitations: complete(invitations({ email: 'a@x.org', role: 'contractor' })) }, directory)).toEqual([expect.stringMatching(/^roleMismatch medium a@x.org has the role Contractor/)]);
	});

	test.each([
		['the same address', 'a@x.org'],
		['another address of the identity', 'b@x.org'],
	])('does not ask to activate an inactive person who is active under %s', (_case, email) => {
		const teamMembers = complete(team({ email: 'a@x.org', identity_id: 1, active: false, business_role_name: 'business_employee' }, { email, identity_id: 1, active: true, business_role_name: 'business_employee' }));
		expect(findings({ teamMembers }, [{ email, role: 'employee' }]).filter((text) => text.includes('activate'))).toEqual([]);
	});

	test('about a person with an invitation of unknown status says so', () => {
		const read = { teamMembers: complete([]), businessMembers: complete([]), invitations: complete(invitations({ email: 'a@x.org', status: 'sent' })) };
		expect(findings(read, [{ email: 'z@x.org' }])).toEqual([expect.stringMatching(/^orphan medium a@x.org has an invitation of unknown status, but .*: revoke the invitation/)]);
		expect(findings(read, [{ email: 'a@x.org', active: false }])).toEqual([expect.stringMatching(/^leaver high .* has an invitation of unknown status: revoke the invitation/)]);
	});
});

test('every row belongs to exactly one person, however the lists overlap', () => {
	const email = fc.constantFrom('a@x.org', 'A@X.org', 'b@x.org', null);
	const identity = fc.constantFrom(1, 2, null);
	const person = fc.record({ email, identity_id: identity });
	fc.assert(
		fc.property(fc.array(person, { maxLength: 6 }), fc.array(person, { maxLength: 6 }), fc.array(fc.record({ email }), { maxLength: 4 }), (published, listed, invited) => {
			const read = lists({ teamMembers: complete(team(...published)), businessMembers: complete(members(...listed)), invitations: complete(invitations(...invited)) });
			const { people } = reviewedBusiness(ONE, read, BOTH, NOW);
			const ids = (of: (row: (typeof people)[number]) => unknown) => people.map(of).filter((id) => id !== null).sort();
			expect(ids(({ sourceIds }) => sourceIds.teamMember)).toEqual(published.map((_, index) => `u${index}`));
			expect(ids(({ sourceIds }) => sourceIds.member)).toEqual(listed.map((_, index) => index + 1));
			expect(ids(({ sourceIds }) => sourceIds.invitation)).toEqual(invited.map((_, index) => 500 + index));
			for (const { sourceIds } of people) {
				if (sourceIds.teamMember === null || sourceIds.member === null) continue;
				const before = published[Number(sourceIds.teamMember.slice(1))].identity_id;
				const other = listed[sourceIds.member - 1].identity_id;
				expect(before === null || other === null || before === other).toBe(true);
			}
		}),
	);
});

test('a SCIM user of a review shows a membership and a pending invitation', () => {
	const read = lists({ businessMembers: complete(members({ email: 'b@x.org', identity_id: 1, confirmed: true })), invitations: complete(invitations({ email: 'a@x.org' })) });
	const business = reviewedBusiness(ONE, read, BOTH, NOW);
	const [row] = reviewRows({ businesses: [business], unread: [], directory: undefined, staleAfterDays: 14, invitationsRead: true });
	const user = toScimUser(scimSourceOfRow(row));
	expect(scimProblems(user)).toEqual([]);
	expect(user[SCIM_FRESHBOOKS_USER]).toMatchObject({ invitationState: 'accepted', invitationPending: true, invitationId: 500, confirmed: true, otherAddresses: ['b@x.org'] });
});
