import { Writes } from '../../../nodes/FreshBooks/people/writes';
import { listsOf } from './lists';

const MEMBERS = [
	{ id: 1, email: 'a@x.org' },
	{ id: 2, email: 'b@x.org' },
];
const TEAM = [{ email: 'A@x.org' }, { email: 'b@x.org' }];

describe('the changes of an execution apply before FreshBooks’ lists show them', () => {
	const lists = listsOf({ team: TEAM, members: MEMBERS, invitations: [{ id: 55, email: 'c@x.org' }] });
	const [member, other] = lists.businessMembers.rows;

	test('a removed member is in neither list of people', () => {
		const writes = new Writes();
		writes.noteRemoved(789, member, []);
		const { teamMembers, businessMembers } = writes.appliedTo(789, lists);
		expect([teamMembers.rows.map(({ email }) => email), businessMembers.rows.map(({ id }) => id)]).toEqual([['b@x.org'], [2]]);
		expect(writes.appliedTo(790, lists).businessMembers.rows).toHaveLength(2);
	});

	test('removing one of two rows of an address leaves the person in the published list', () => {
		const twice = listsOf({ team: TEAM, members: [...MEMBERS, { id: 3, email: 'a@x.org' }] });
		const writes = new Writes();
		writes.noteRemoved(789, member, []);
		expect(writes.appliedTo(789, twice).teamMembers.rows).toHaveLength(2);
	});

	test('a removal that FreshBooks did not carry out is dropped', () => {
		const writes = new Writes();
		writes.noteRemoved(789, member, []);
		writes.forgetRemoval(789, 'member', 1);
		expect(writes.appliedTo(789, lists).businessMembers.rows).toHaveLength(2);
	});

	test('a sent invitation is pending once, and a revoked one is not', () => {
		const writes = new Writes();
		const made = { ...lists.invitations.rows[0], id: 60, email: 'd@x.org' };
		writes.noteInvited(789, 'd@x.org', made);
		writes.noteInvited(789, 'c@x.org', lists.invitations.rows[0]);
		expect(writes.appliedTo(789, lists).invitations.rows.map(({ id }) => id)).toEqual([55, 60]);
		writes.noteRevoked(789, 60, 'd@x.org');
		expect(writes.appliedTo(789, lists).invitations.rows.map(({ id }) => id)).toEqual([55]);
		expect(writes.invitedHere(789, 'D@x.org')).toBeUndefined();
	});

	test('a changed role shows in both lists', () => {
		const writes = new Writes();
		writes.noteRole(789, other, 'business_manager');
		const { teamMembers, businessMembers } = writes.appliedTo(789, lists);
		expect([teamMembers.rows[1].role, businessMembers.rows[1].role, businessMembers.rows[0].role]).toEqual(['business_manager', 'business_manager', null]);
	});
});
