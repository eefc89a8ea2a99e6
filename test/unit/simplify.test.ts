import { businessMemberOf } from '../../nodes/FreshBooks/api/businessMembers';
import { invitedAtOf, isoOrNull } from '../../nodes/FreshBooks/api/dates';
import { meOf } from '../../nodes/FreshBooks/api/me';
import { projectOf } from '../../nodes/FreshBooks/api/projects';
import { staffRecordOf } from '../../nodes/FreshBooks/api/staff';
import { teamMemberOf } from '../../nodes/FreshBooks/api/teamMembers';
import {
	simplifyBusinessMember,
	simplifyGroupMember,
	simplifyMe,
	simplifyProject,
	simplifyStaff,
	simplifyTeamMember,
} from '../../nodes/FreshBooks/operations/common/simplify';
import { EXAMPLE } from '../harness/examples';

describe('an accounting time', () => {
	test.each([
		['in winter', '2026-01-15 12:00:00', '2026-01-15T17:00:00.000Z'],
		['in summer', '2016-08-05 10:38:41', '2016-08-05T14:38:41.000Z'],
		['on New Year’s Eve', '2026-12-31 23:59:59', '2027-01-01T04:59:59.000Z'],
		['a second before clocks go forward', '2026-03-08 01:59:59', '2026-03-08T06:59:59.000Z'],
		['in the hour that does not exist', '2026-03-08 02:30:00', '2026-03-08T07:30:00.000Z'],
		['when clocks went forward', '2026-03-08 03:00:00', '2026-03-08T07:00:00.000Z'],
		['before the repeated hour', '2026-11-01 00:59:59', '2026-11-01T04:59:59.000Z'],
		['in the repeated hour: the first one', '2026-11-01 01:30:00', '2026-11-01T05:30:00.000Z'],
		['when clocks went back', '2026-11-01 02:00:00', '2026-11-01T07:00:00.000Z'],
		['at midnight', '2026-06-01 00:00:00', '2026-06-01T04:00:00.000Z'],
		['with a T and parts of a second', '2026-01-15T12:00:00.123', '2026-01-15T17:00:00.000Z'],
		['on a leap day', '2024-02-29 12:00:00', '2024-02-29T17:00:00.000Z'],
	])('%s: %s New York is %s', (_when, eastern, utc) => {
		expect(isoOrNull(eastern)).toBe(utc);
	});

	test.each([null, undefined, '', 'yesterday', '2016-08-05', '10:38:41', '0000-00-00 00:00:00', '2026-13-01 00:00:00', '2026-02-30 00:00:00', '2026-01-01 24:30:00', 7])(
		'%j is not one',
		(value) => {
			expect(isoOrNull(value)).toBeNull();
		},
	);

	test.each([
		['2016-08-05T10:38:41Z', '2016-08-05T10:38:41.000Z'],
		['2016-08-05T10:38:41.5+02:00', '2016-08-05T08:38:41.500Z'],
	])('%s, with a zone, keeps its zone', (value, utc) => {
		expect(isoOrNull(value)).toBe(utc);
	});

	test('means the same in an invitation, in any time zone of n8n', () => {
		expect(invitedAtOf({ created_at: '2016-08-05 10:38:41' })).toBe('2016-08-05T14:38:41.000Z');
	});
});

describe('simplified', () => {
	const business = { businessId: 789, name: 'BillSpring' };

	test('a team member has ten flat fields, including business and role name', () => {
		expect(simplifyTeamMember(teamMemberOf(EXAMPLE.teamMembers.response[0]), business)).toEqual({
			id: 'dd6392d0-0639-40bd-9502-7d80c44de9f3',
			email: 'test@freshenv.com',
			firstName: 'John',
			lastName: 'Doe',
			role: 'business_employee',
			roleName: 'Employee',
			active: false,
			identityId: null,
			businessId: 789,
			businessName: 'BillSpring',
		});
	});

	test.each([
		['business_partner', 'Admin'],
		['admin', 'Admin'],
		['no_seat_employee', 'Unassigned'],
		['business_supervisor', 'business_supervisor'],
		[null, null],
	])('the role %s has the title %s', (role, roleName) => {
		expect(simplifyTeamMember(teamMemberOf({ uuid: 'x', business_role_name: role }), business)).toMatchObject({ role, roleName });
	});

	test('a business without a name has the name null', () => {
		expect(simplifyTeamMember(teamMemberOf({ uuid: 'x' }), { businessId: 7, name: null })).toMatchObject({ businessId: 7, businessName: null });
	});

	test.each([
		simplifyTeamMember(teamMemberOf(EXAMPLE.teamMembers.response[0]), business),
		simplifyBusinessMember(businessMemberOf(EXAMPLE.members.response.members[0]), business),
		simplifyGroupMember(businessMemberOf(EXAMPLE.businessGroup.response.business_group.members[0]), business),
		simplifyMe(meOf(EXAMPLE.usersMe.response)),
		simplifyStaff(staffRecordOf(EXAMPLE.staff.response.result.staff)),
	])('a person starts with address and name', (person) => {
		expect(Object.keys(person).slice(0, 3)).toEqual(['email', 'firstName', 'lastName']);
	});

	test('a row of the members list uses the same field names', () => {
		expect(simplifyBusinessMember(businessMemberOf(EXAMPLE.members.response.members[0]), business)).toEqual({
			id: 1,
			email: 'staff@example.com',
			firstName: null,
			lastName: null,
			role: 'employee',
			roleName: 'Employee',
			confirmed: true,
			identityId: null,
			businessId: 789,
			businessName: 'BillSpring',
		});
	});

	test('a member of a business group has active, but not confirmed', () => {
		const simple = simplifyGroupMember(businessMemberOf({ id: 3, email: 'a@b.co', role: 'owner', active: false, confirmed: true }), business);
		expect(simple).toMatchObject({ id: 3, active: false, roleName: 'Owner', businessName: 'BillSpring' });
		expect(Object.keys(simple)).toHaveLength(10);
		expect(simple).not.toHaveProperty('confirmed');
	});

	test('the connected user has ten fields, including businesses', () => {
		const simple = simplifyMe(meOf(EXAMPLE.usersMe.response));
		expect(Object.keys(simple)).toHaveLength(10);
		expect(simple).toMatchObject({
			id: 712052,
			email: 'b@example.com',
			firstName: 'Bruce',
			setupComplete: true,
			businesses: [
				{ businessId: 77128, name: 'BillSpring', role: 'owner' },
				{ businessId: 311394, name: 'another_bruce', role: 'manager' },
			],
		});
	});

	test('a staff record has ten fields, times in UTC', () => {
		expect(simplifyStaff(staffRecordOf(EXAMPLE.staff.response.result.staff))).toEqual({
			id: 2194844,
			email: EXAMPLE.staff.response.result.staff.email,
			firstName: null,
			lastName: null,
			displayName: null,
			role: null,
			rate: null,
			state: 'active',
			lastLoginAt: '2016-08-05T14:38:41.000Z',
			updatedAt: '2016-08-05T14:38:41.000Z',
		});
	});

	test.each([
		[0, 'active'],
		[1, 'deleted'],
		[2, 'archived'],
		[9, '9'],
		[null, null],
	])('vis_state %s is %s', (visState, state) => {
		expect(simplifyStaff(staffRecordOf({ id: 1, vis_state: visState })).state).toBe(state);
	});

	test('a project has at most ten fields, including people', () => {
		const simple = simplifyProject(projectOf(EXAMPLE.projects.projects[0]));
		expect(Object.keys(simple).length).toBeLessThanOrEqual(10);
		expect(simple).toEqual({
			title: 'Some project',
			active: true,
			complete: false,
			id: 218192,
			clientId: 4321,
			members: [{ email: 'gordon@example.com', firstName: 'Gordon', lastName: 'Shumway', role: 'owner', identityId: 7654 }],
			pendingInvitations: [{ email: 'invited@example.com', role: 'manager', id: 31 }],
		});
	});

	test.each([null, undefined, { members: null, pending_invitations: null }, { members: {}, pending_invitations: 'none' }])('a project with the group %j has nobody', (group) => {
		expect(simplifyProject(projectOf({ id: 1, group }))).toMatchObject({ members: [], pendingInvitations: [] });
	});
});
