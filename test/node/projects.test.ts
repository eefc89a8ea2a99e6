import { onAFastClock } from '../harness/clock';
import { errorOf, jsonOf, locator, run } from '../harness/context';
import { EXAMPLE, projectRow, topLevelPage, upTo } from '../harness/examples';
import { onGet, onTheWire, pageOf } from '../harness/wire';
import { schemaProblem } from './hostile/schemas.cts';

jest.mock('n8n-workflow', () => jest.requireActual<typeof import('../harness/clock')>('../harness/clock').withFastSleep());
onTheWire();
onAFastClock();

const PROJECTS = '/projects/business/789/projects';
const getAll = { resource: 'project', operation: 'getAll', business: locator('id', '789') };

describe('project, Get Many', () => {
	test('returns the projects with their people, simplified, by its schema', async () => {
		onGet(pageOf(PROJECTS)).reply(200, EXAMPLE.projects);
		const output = await run(getAll);
		expect(output).toEqual([
			{
				json: {
					title: 'Some project',
					active: true,
					complete: false,
					id: 218192,
					clientId: 4321,
					members: [{ email: 'gordon@example.com', firstName: 'Gordon', lastName: 'Shumway', role: 'owner', identityId: 7654 }],
					pendingInvitations: [{ email: 'invited@example.com', role: 'manager', id: 31 }],
				},
				pairedItem: { item: 0 },
			},
		]);
		expect(schemaProblem('project', 'getAll', output[0].json)).toBeUndefined();
	});

	test('returns the FreshBooks objects, raw', async () => {
		onGet(pageOf(PROJECTS)).reply(200, EXAMPLE.projects);
		expect(await jsonOf({ ...getAll, simplify: false })).toEqual(EXAMPLE.projects.projects);
	});

	test('reads 250 projects in three requests', async () => {
		const rows = upTo(250).map((id) => projectRow(id));
		for (const page of [1, 2, 3]) onGet(pageOf(PROJECTS, page)).reply(200, topLevelPage('projects', rows.slice((page - 1) * 100, page * 100), page, 250));
		expect((await jsonOf({ ...getAll, returnAll: true })).map(({ id }) => id)).toEqual(upTo(250));
	});

	test('stops at the limit', async () => {
		onGet(pageOf(PROJECTS)).reply(200, topLevelPage('projects', upTo(100).map((id) => projectRow(id)), 1, 250));
		expect(await jsonOf({ ...getAll, limit: 7 })).toHaveLength(7);
	});

	test.each([{ meta: { total: 1 } }, { projects: null }, { projects: [projectRow(1), null] }, { projects: [{ title: 'without ID' }] }])('with a response such as %j is an error', async (answer) => {
		onGet(pageOf(PROJECTS)).reply(200, answer);
		expect((await errorOf(getAll)).message).toContain('projects of business 789 is incomplete or not of the documented form');
	});

	test('names the needed scope', async () => {
		onGet(pageOf(PROJECTS)).reply(403, { error: 'insufficient_scope', error_description: 'Scopes needed: user:projects:read.' });
		expect((await errorOf(getAll)).message).toContain('user:projects:read is needed');
	});
});
