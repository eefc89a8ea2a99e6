import type { IDataObject } from 'n8n-workflow';

import type { BusinessLists, ListName } from '../../../nodes/FreshBooks/people/businessLists';
import { hasAccess, hasOtherOwner, isConnectedUser, isDeactivated, isOwner, personOf, presenceIn, undecidedFor } from '../../../nodes/FreshBooks/people/presence';
import { listsOf, uuid, type Rows } from './lists';

const EMAIL = 'a@x.org';

const person = (...businesses: BusinessLists[]) => personOf([EMAIL], [], businesses);
const presence = (lists: BusinessLists) => presenceIn(lists, person(lists));
const ids = (rows: Array<{ id: number | null }>) => rows.map(({ id }) => id);

describe('matching people', () => {
	test.each<[string, Rows, IDataObject]>([
		['the address, in upper or lower case', { team: [{ email: 'A@X.org' }], members: [{ email: 'a@x.ORG' }] }, { team: 1, members: [1], elsewhere: 0 }],
		['a decomposed é', { team: [{ email: 'é@x.org'.normalize('NFD') }] }, { team: 0, members: [], elsewhere: 0 }],
		['the Kelvin sign is not k', { team: [{ email: '\u212A@x.org' }] }, { team: 0, members: [], elsewhere: 0 }],
		['the identity with another address', { team: [{ email: EMAIL, identity_id: 7 }, { email: 'b@x.org', identity_id: 7 }] }, { team: 1, members: [], elsewhere: 1 }],
		['the identity without an address', { team: [{ email: EMAIL, identity_id: 7 }], members: [{ id: 3, email: null, identity_id: 7 }] }, { team: 1, members: [3], elsewhere: 0 }],
		['another identity with another address', { team: [{ email: EMAIL, identity_id: 7 }, { email: 'b@x.org', identity_id: 8 }] }, { team: 1, members: [], elsewhere: 0 }],
		['a row with neither address nor identity matches nobody', { team: [{ email: EMAIL }], members: [{ id: 3, email: null }] }, { team: 1, members: [], elsewhere: 0 }],
		['the other address in the list without identities', { team: [{ email: EMAIL, identity_id: 7 }, { email: 'b@x.org', identity_id: 7 }], members: [{ id: 3, email: 'b@x.org' }] }, { team: 1, members: [], elsewhere: 2 }],
		['the other address with another identity', { team: [{ email: EMAIL, identity_id: 7 }, { email: 'b@x.org', identity_id: 7 }], members: [{ id: 3, email: 'b@x.org', identity_id: 8 }] }, { team: 1, members: [], elsewhere: 1 }],
	])('%s', (_name, rows, expected) => {
		const { teamMembers, members, elsewhere } = presence(listsOf(rows));
		expect({ team: teamMembers.length, members: ids(members), elsewhere: elsewhere.teamMembers.length + elsewhere.members.length }).toEqual(expected);
	});

	test('the identity from one business identifies the person in another', () => {
		const here = listsOf({ team: [{ email: EMAIL, identity_id: 7 }] });
		const there = listsOf({ team: [{ email: 'b@x.org', identity_id: 7 }] });
		expect(presenceIn(there, person(here, there)).elsewhere.teamMembers).toHaveLength(1);
		expect(presenceIn(there, person(there)).elsewhere.teamMembers).toHaveLength(0);
	});

	test('only pending invitations count, and an unknown status is a doubt', () => {
		const statuses = ['pending', undefined, 'Pending', 'accepted', 'expired', 'revoked', 'declined', 'queued'];
		const { invitations, unclearInvitations } = presence(listsOf({ invitations: statuses.map((status) => ({ email: EMAIL, status })) }));
		expect(ids(invitations)).toEqual([55, 56, 57]);
		expect(ids(unclearInvitations)).toEqual([62]);
	});
});

describe('the connected user is identified', () => {
	const me = { email: 'me@x.org', identityId: 9 };

	test.each<[string, Rows, boolean]>([
		['by identity', { team: [{ email: EMAIL, identity_id: 9 }] }, true],
		['by another address of the same identity', { team: [{ email: EMAIL, identity_id: 7 }, { email: 'ME@x.org', identity_id: 7 }] }, true],
		['and nobody else is', { team: [{ email: EMAIL, identity_id: 7 }, { email: 'me@x.org', identity_id: 9 }] }, false],
	])('%s', (_name, rows, expected) => {
		expect(isConnectedUser(me, person(listsOf(rows)))).toBe(expected);
	});
});

describe('another active owner', () => {
	const owner = { business_role_name: 'owner' };
	const self = { email: EMAIL, identity_id: 7, ...owner };

	test.each<[string, Rows, boolean]>([
		['is one with another address', { team: [self, { email: 'b@x.org', identity_id: 8, ...owner }] }, true],
		['is not a deactivated one', { team: [self, { email: 'b@x.org', active: false, ...owner }] }, false],
		['is not the same identity', { team: [self, { email: 'b@x.org', identity_id: 7, ...owner }] }, false],
		['is not a row without address and identity', { team: [self, { email: null, ...owner }] }, false],
		['is a row without an address with another identity', { team: [self, { email: null, identity_id: 8, ...owner }] }, true],
		['is not somebody in the members list alone, as only the published one says who is active', { team: [self], members: [{ email: 'b@x.org', role: 'owner' }] }, false],
	])('%s', (_name, rows, expected) => {
		const lists = listsOf(rows);
		expect(isOwner(presence(lists))).toBe(true);
		expect(hasOtherOwner(lists, person(lists))).toBe(expected);
	});
});

describe('a doubtful list prevents changes', () => {
	const LISTS: ListName[] = ['invitations', 'teamMembers', 'businessMembers'];

	test.each(LISTS.flatMap((list) => (['unread', 'doubtful'] as const).map((state) => [list, state] as const)))('%s that is %s counts', (list, state) => {
		const lists = listsOf({ team: [{ email: EMAIL }], members: [{ email: EMAIL, role: 'employee' }] }, { [list]: state });
		expect(undecidedFor(lists, presence(lists))).toMatchObject([{ list, reason: expect.stringContaining(list) }]);
	});

	test.each(['invitations', 'businessMembers'] as const)('%s that FreshBooks does not offer does not count', (list) => {
		const lists = listsOf({ team: [{ email: EMAIL }], members: [{ email: EMAIL, role: 'employee' }] }, { [list]: 'notOffered' });
		expect(undecidedFor(lists, presence(lists))).toEqual([]);
	});
});

test('inactive in the published list means no access, whatever the members list shows', () => {
	const { teamMembers, members } = presence(listsOf({ team: [{ email: EMAIL, active: false }], members: [{ email: EMAIL }] }));
	expect([isDeactivated({ teamMembers }), hasAccess({ teamMembers, members }), hasAccess({ teamMembers: [], members })]).toEqual([true, false, true]);
	expect(teamMembers[0].uuid).toBe(uuid(1));
});
