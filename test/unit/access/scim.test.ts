import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';

import { businessMemberOf } from '../../../nodes/FreshBooks/api/businessMembers';
import { teamMemberOf } from '../../../nodes/FreshBooks/api/teamMembers';
import { peopleOf } from '../../../nodes/FreshBooks/people/reviewedPeople';
import { readDirectory } from '../../../nodes/FreshBooks/people/directory';
import { reviewRows } from '../../../nodes/FreshBooks/people/reviewReport';
import { scimSourceOfRow } from '../../../nodes/FreshBooks/people/reviewScim';
import {
	SCIM_FRESHBOOKS_USER,
	SCIM_USER,
	scimSourceOfBusinessMember,
	scimSourceOfTeamMember,
	toScimUser,
} from '../../../nodes/FreshBooks/people/scimUser';
import { EXAMPLE, teamMemberRow } from '../../harness/examples';
import { scimProblems } from './scimSchema';
import { NOW, rowsOfTable } from './table';

describe('SCIM 2.0 users', () => {
	test("FreshBooks' documented team member becomes a complete user", () => {
		const row = teamMemberRow(1, { business_id: 6806492, identity_id: 712052, job_title: 'Designer', middle_name: 'B', city: 'Toronto', country: 'Canada', invitation_date_accepted: '2023-01-24T17:17:56Z' });
		const user = toScimUser(scimSourceOfTeamMember(teamMemberOf(row)));
		expect(user).toEqual({
			schemas: [SCIM_USER, SCIM_FRESHBOOKS_USER],
			id: row.uuid,
			externalId: '712052',
			userName: row.email,
			name: { formatted: 'John B Doe', givenName: 'John', middleName: 'B', familyName: 'Doe' },
			displayName: 'John B Doe',
			title: 'Designer',
			emails: [{ value: row.email, type: 'work', primary: true }],
			addresses: [{ locality: 'Toronto', type: 'work' }],
			active: row.active,
			roles: [{ value: 'business_employee', display: 'Employee', primary: true }],
			meta: { resourceType: 'User', created: '2023-01-24T17:17:56.000Z', lastModified: '2023-03-01T09:45:42.000Z' },
			[SCIM_FRESHBOOKS_USER]: { businessId: row.business_id, teamMemberId: row.uuid, invitationAcceptedAt: '2023-01-24T17:17:56.000Z', identityId: 712052 },
		});
		expect(scimProblems(user)).toEqual([]);
	});

	test.each([
		['owner', 'Owner'],
		['manager', 'Manager'],
		['Business Partner', 'Admin'],
		['pilot', 'pilot'],
	])('the role %s has its usual display name', (role, display) => {
		expect(toScimUser(scimSourceOfBusinessMember(businessMemberOf({ id: 7, role }), 789)).roles).toEqual([{ value: role, display, primary: true }]);
	});

	test("every example of FreshBooks' lists is a valid user", () => {
		const users = [
			...EXAMPLE.teamMembers.response.map((row) => toScimUser(scimSourceOfTeamMember(teamMemberOf(row)))),
			...EXAMPLE.members.response.members.map((row) => toScimUser(scimSourceOfBusinessMember(businessMemberOf(row), 789))),
			...EXAMPLE.businessGroup.response.business_group.members.map((row) => toScimUser(scimSourceOfBusinessMember(businessMemberOf(row), 789))),
		];
		expect(users.flatMap(scimProblems)).toEqual([]);
		expect(users.length).toBeGreaterThanOrEqual(3);
	});

	test('every row of a review is a valid user, with its findings in the extension', () => {
		const { teamMembers, invitations, directory } = rowsOfTable();
		const people = peopleOf({ businessId: 101, name: 'One' }, { teamMembers, businessMembers: null, invitations }, NOW);
		const review = { businesses: [{ businessId: 101, name: 'One', people, gaps: [] }], unread: [], directory: readDirectory(directory), staleAfterDays: 14, invitationsRead: true };
		const users = reviewRows(review).map((row) => toScimUser(scimSourceOfRow(row)));
		expect(users.flatMap(scimProblems)).toEqual([]);
		const orphan = users.find(({ userName }) => userName === 'orphan1@x.org');
		expect((orphan?.[SCIM_FRESHBOOKS_USER] as IDataObject).findings).toMatchObject([{ kind: 'orphan' }]);
		expect(new Set(users.map(({ id }) => id)).size).toBe(users.length);
	});

	test('the user is valid for any row of FreshBooks', () => {
		const value = fc.oneof(fc.string(), fc.constant(null), fc.integer(), fc.boolean(), fc.constant('2023-01-24T17:17:56Z'), fc.constant({}), fc.constant([]));
		const fields = ['first_name', 'middle_name', 'last_name', 'email', 'job_title', 'street_1', 'street_2', 'city', 'province', 'country', 'postal_code', 'phone_number', 'business_role_name', 'active', 'identity_id', 'invitation_date_accepted', 'created_at', 'updated_at'];
		const changes = fc.record(Object.fromEntries(fields.map((field) => [field, value])));
		fc.assert(fc.property(changes, (row) => {
			expect(scimProblems(toScimUser(scimSourceOfTeamMember(teamMemberOf({ uuid: 'dd6392d0-0639-40bd-9502-7d80c44de9f3', business_id: 1, ...row }))))).toEqual([]);
		}));
	});

	test.each<[string, (user: IDataObject) => void, string]>([
		['without userName', (user) => delete user.userName, " must have required property 'userName'"],
		['without id', (user) => delete user.id, " must have required property 'id'"],
		['with an empty list', (user) => (user.roles = []), '/roles must NOT have fewer than 1 items'],
		['with active as text', (user) => (user.active = 'true'), '/active must be boolean'],
		['with two primary addresses', (user) => (user.emails = [{ value: 'a@x.org', primary: true }, { value: 'b@x.org', primary: true }]), '/emails must contain at least 0 and no more than 1 valid item(s)'],
		['with an attribute of its own', (user) => (user.businessId = 7), ' must NOT have additional properties'],
		['with a date without a zone', (user) => ((user.meta as IDataObject).created = '2023-01-24 17:17:56'), '/meta/created must match format "xsd:dateTime"'],
		['with an extension that schemas does not name', (user) => (user.schemas = [SCIM_USER]), '/schemas must contain at least 1 valid item(s)'],
		['with a password', (user) => (user.password = 'x'), ' must NOT have additional properties'],
		['of another resource type', (user) => ((user.meta as IDataObject).resourceType = 'Group'), '/meta/resourceType must be equal to one of the allowed values'],
	])('the schema rejects a user %s', (_case, spoil, problem) => {
		const user = toScimUser(scimSourceOfTeamMember(teamMemberOf(teamMemberRow(1))));
		expect(scimProblems(user)).toEqual([]);
		spoil(user);
		expect(scimProblems(user)).toContain(problem);
	});
});
