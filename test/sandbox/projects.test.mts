import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { BILLSPRING, LARGE, useSandbox } from './support.mts';
import type { Body } from './support.mts';

const bench = useSandbox();
const PROJECTS = `/projects/business/${BILLSPRING}/projects`;
const TIME = `/timetracking/business/${BILLSPRING}/time_entries`;
/** Identities of the people the sandbox starts with. */
const TEODOR = 712063;
const OWNER = 712052;

const projects = async (params: Body = {}) => (await bench.api.get(PROJECTS, { params })).data;
const entries = async (params: Body = {}): Promise<Body[]> => (await bench.api.get(TIME, { params })).data.time_entries;

describe('projects', () => {
	it('are at the top level, beside meta', async () => {
		const data = await projects();
		assert.deepEqual(Object.keys(data), ['projects', 'meta']);
		assert.deepEqual(data.meta, { sort: [], total: data.projects.length, per_page: 30, page: 1, pages: 1 });
		assert.ok(data.projects.length >= 3);
	});

	it('have a group with the members of the team and the pending invitations, or null for these', async () => {
		const all: { id: number; title: string; group: { id: number; members: Body[]; pending_invitations: Body[] | null } }[] = (await projects()).projects;
		const [first] = all;
		assert.ok(first);
		assert.deepEqual(Object.keys(first.group), ['id', 'members', 'pending_invitations']);
		assert.deepEqual(Object.keys(first.group.members[0] ?? {}), ['id', 'group_id', 'role', 'identity_id', 'first_name', 'last_name', 'email', 'company', 'active']);
		assert.ok(first.group.members.every((member) => member.group_id === first.group.id));
		assert.ok(all.some(({ group }) => group.members.some(({ identity_id }) => identity_id === TEODOR)));
		const invited = all.flatMap(({ group }) => group.pending_invitations ?? []);
		assert.deepEqual(Object.keys(invited[0] ?? {}), ['id', 'group_id', 'capacity', 'to_email']);
		assert.ok(invited.some(({ to_email }) => to_email === 'jun.takeda@example.com'));
		assert.ok(all.some(({ group }) => group.pending_invitations === null));
	});

	it('do not show people who left or whose invitation was revoked', async () => {
		assert.match(JSON.stringify(await projects()), /teodor\.wexley.*jun\.takeda/);
		await bench.control('DELETE', `/businesses/${BILLSPRING}/members/teodor.wexley@example.com`);
		await bench.control('DELETE', `/businesses/${BILLSPRING}/invitations/jun.takeda@example.com`);
		const text = JSON.stringify(await projects());
		assert.doesNotMatch(text, /teodor\.wexley|jun\.takeda/);
	});

	it('come in pages', async () => {
		const data = await projects({ per_page: 1, page: 2 });
		assert.deepEqual([data.projects.length, data.meta.page, data.meta.per_page, data.meta.pages], [1, 2, 1, data.meta.total]);
	});

	it('need their own scope, and a business that may be listed', async () => {
		const refused = await bench.as('user:teams:read').get(PROJECTS);
		assert.equal(refused.status, 403);
		assert.match(refused.data.error_description, /Scopes needed: user:projects:read\./);
		assert.equal((await bench.as('user:projects:read').get(PROJECTS)).status, 200);
		assert.equal((await bench.api.get('/projects/business/884410/projects')).status, 403);
		assert.equal((await bench.api.get('/projects/business/1/projects')).status, 404);
		assert.deepEqual((await bench.api.get(`/projects/business/${LARGE}/projects`)).data.meta.total, 1);
	});
});

describe('time entries', () => {
	it('have an identity, a duration in seconds and whether they are billed', async () => {
		const all = await entries();
		assert.ok(all.length >= 5);
		for (const { id, identity_id, duration, billed, project_id } of all) {
			assert.deepEqual([typeof id, typeof identity_id, typeof duration, typeof billed, typeof project_id], ['number', 'number', 'number', 'boolean', 'number']);
		}
		const { meta } = (await bench.api.get(TIME)).data;
		assert.deepEqual(meta, { sort: [], total: all.length, per_page: 30, page: 1, pages: 1 });
	});

	it('are filtered by identity and by billed', async () => {
		const own = await entries({ identity_id: TEODOR });
		assert.ok(own.length >= 2 && own.every(({ identity_id }) => identity_id === TEODOR));
		const unbilled = await entries({ identity_id: TEODOR, billed: false });
		const billed = await entries({ identity_id: TEODOR, billed: true });
		assert.ok(unbilled.length > 0 && unbilled.every((entry) => entry.billed === false));
		assert.ok(billed.length > 0 && billed.every((entry) => entry.billed === true));
		assert.equal(unbilled.length + billed.length, own.length);
		assert.deepEqual(await entries({ identity_id: 1 }), []);
	});

	it('stay when the person leaves', async () => {
		const before = await entries({ identity_id: TEODOR });
		assert.equal(before.length, 3);
		await bench.control('DELETE', `/businesses/${BILLSPRING}/members/teodor.wexley@example.com`);
		assert.deepEqual(await entries({ identity_id: TEODOR }), before);
	});

	it('need their own scope', async () => {
		const refused = await bench.as('user:projects:read').get(TIME);
		assert.deepEqual([refused.status, refused.data.error], [403, 'insufficient_scope']);
		assert.match(refused.data.error_description, /Scopes needed: user:time_entries:read\./);
		assert.equal((await bench.as('user:time_entries:read').get(TIME)).status, 200);
	});
});

describe('what is seeded', () => {
	it('may have projects and time entries', async () => {
		await bench.control('POST', '/seed', {
			businesses: [{
				id: 7, members: [{ email: 'ann@example.com', identityId: 71 }], invitations: [{ email: 'bob@example.com' }],
				projects: [{ title: 'Atlas', members: ['ANN@example.com'], invited: ['bob@example.com'] }, { title: 'Empty' }],
				timeEntries: [{ identityId: 71, duration: 3600 }, { identityId: OWNER, duration: 60, billed: true }],
			}],
		});
		const { projects: [atlas, empty] } = (await bench.api.get('/projects/business/7/projects')).data;
		assert.deepEqual(atlas.group.members.map(({ email }: Body) => email), ['ann@example.com']);
		assert.deepEqual(atlas.group.pending_invitations.map(({ to_email }: Body) => to_email), ['bob@example.com']);
		assert.deepEqual([empty.title, empty.group.members, empty.group.pending_invitations], ['Empty', [], null]);
		const { time_entries } = (await bench.api.get('/timetracking/business/7/time_entries', { params: { billed: false } })).data;
		assert.deepEqual(time_entries.map(({ identity_id, duration, billed }: Body) => [identity_id, duration, billed]), [[71, 3600, false]]);
	});
});

describe('the seats of a plan', () => {
	const limits = async (): Promise<Record<string, Body>> => (await bench.api.get('/auth/api/v1/users/me')).data.response.permissions;

	it('are in the permissions of each account, by setting', async () => {
		assert.equal((await limits()).zDmNq?.['staff.limit'], -1);
		await bench.control('PATCH', '/settings', { staffLimit: 11 });
		assert.deepEqual(Object.values(await limits()).map((permissions) => permissions['staff.limit']), [11, 11, 11]);
	});
});
