import { directoryOf } from '../../../nodes/FreshBooksScimTrigger/freshBooksDirectory';
import { peopleOf } from '../../../nodes/FreshBooks/people/reviewedPeople';
import { businessMemberOf } from '../../../nodes/FreshBooks/api/businessMembers';
import { invitationOf } from '../../../nodes/FreshBooks/api/invitations';
import { teamMemberOf } from '../../../nodes/FreshBooks/api/teamMembers';
import { invitationRow, memberRow, teamMemberRow } from '../../harness/examples';

/** FreshBooks' rows as a directory: one address, one person. */

const NOW = Date.parse('2026-11-20T10:00:00Z');

interface Rows {
	team?: object[];
	members?: object[];
	invitations?: object[];
}

function directory({ team = [], members = [], invitations = [] }: Rows) {
	const lists = {
		teamMembers: team.map((row) => teamMemberOf(row as Record<string, unknown>)),
		businessMembers: members.map((row) => businessMemberOf(row as Record<string, unknown>)),
		invitations: invitations.map((row) => invitationOf(row as Record<string, unknown>)),
	};
	return directoryOf(peopleOf({ businessId: 789, name: null }, lists, NOW), lists.teamMembers);
}

const emails = (rows: Rows): string[] => directory(rows).entries.map(({ email }) => email);

test('members come first, then people who are invited, each by address', () => {
	expect(
		emails({
			team: [teamMemberRow(1, { email: 'zoe@example.com' }), teamMemberRow(2, { email: 'Adam@example.com' })],
			invitations: [invitationRow(5, { email: 'y@example.com' }), invitationRow(6, { email: 'b@example.com' })],
		}),
	).toEqual(['Adam@example.com', 'zoe@example.com', 'b@example.com', 'y@example.com']);
});

test('the order of the rows does not matter', () => {
	const team = [1, 2, 3, 4].map((number) => teamMemberRow(number));
	expect(emails({ team: [...team].reverse() })).toEqual(emails({ team }));
});

test('a person of both lists of people is one entry', () => {
	const { entries } = directory({ team: [teamMemberRow(1, { email: 'one@example.com', identity_id: 5 })], members: [memberRow(71, { email: 'ONE@example.com' })] });
	expect(entries).toMatchObject([{ email: 'one@example.com', identityId: 5, isMember: true, invitationPending: false, freshBooks: { businessId: 789, invitationPending: false } }]);
});

test('an entry has the profile of the published list', () => {
	const { entries } = directory({ team: [teamMemberRow(1, { job_title: 'Bookkeeper', phone_number: '416 555 0100' })] });
	expect(entries).toMatchObject([{ jobTitle: 'Bookkeeper', phoneNumber: '416 555 0100' }]);
});

test('two rows of one address are one entry: the active one', () => {
	const rows = [teamMemberRow(1, { email: 'one@example.com', active: false, identity_id: 5 }), teamMemberRow(2, { email: 'One@example.com', active: true, identity_id: 6 })];
	for (const team of [rows, [...rows].reverse()]) expect(directory({ team }).entries).toMatchObject([{ active: true, identityId: 6 }]);
});

test('a deactivated person is not active', () => {
	expect(directory({ team: [teamMemberRow(1, { active: false })] }).entries).toMatchObject([{ active: false, isMember: true }]);
});

test('an invited person is active, as an invitation can be accepted', () => {
	expect(directory({ invitations: [invitationRow(5, { email: 'new@example.com', role: 'contractor' })] }).entries).toMatchObject([
		{ email: 'new@example.com', role: 'contractor', active: true, isMember: false, invitationPending: true, freshBooks: { businessId: 789, invitationPending: true } },
	]);
});

test('an invited person is as old as the invitation', () => {
	expect(directory({ invitations: [invitationRow(5, { created_at: '2026-11-02T08:00:00Z' })] }).entries).toMatchObject([{ createdAt: '2026-11-02T08:00:00.000Z' }]);
});

test('a deactivated person who is invited again is active', () => {
	const entries = directory({ team: [teamMemberRow(1, { email: 'back@example.com', active: false })], invitations: [invitationRow(5, { email: 'back@example.com' })] }).entries;
	expect(entries).toMatchObject([{ active: true, isMember: true, invitationPending: true }]);
});

test.each(['accepted', 'revoked', 'expired'])('an invitation that is %s is nobody', (status) => {
	expect(emails({ invitations: [invitationRow(5, { status })] })).toEqual([]);
});

test('an invitation of a status that nobody knows counts as pending', () => {
	expect(directory({ invitations: [invitationRow(5, { status: 'on_hold' })] }).entries).toMatchObject([{ active: true, invitationPending: true }]);
});

test('a person without an address is left out', () => {
	expect(emails({ team: [teamMemberRow(1, { email: null }), teamMemberRow(2)] })).toEqual(['person2@example.com']);
});

test('an entry is found by its address in any case', () => {
	expect(directory({ team: [teamMemberRow(1, { email: 'One@Example.com' })] }).byAddress.get('one@example.com')).toMatchObject({ email: 'One@Example.com' });
});
