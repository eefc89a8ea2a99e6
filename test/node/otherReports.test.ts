import type { IDataObject } from 'n8n-workflow';

import { onAFastClock } from '../harness/clock';
import { locator, run, type RunSettings } from '../harness/context';
import { memberRow, upTo } from '../harness/examples';
import { onLists } from '../harness/lists';
import { onDelete, onGet, onTheWire } from '../harness/wire';

jest.mock('n8n-workflow', () => jest.requireActual<typeof import('../harness/clock')>('../harness/clock').withFastSleep());
onTheWire();
onAFastClock();

/** The details of an error that stops the run: what the other items did, for error workflows. */

const MEMBERS = '/auth/api/v1/business/789/members';
const remove = { resource: 'teamMember', operation: 'remove', business: locator('id', '789'), member: locator('id', '={{ $json.id }}') };

/** Members with the IDs 1 to 4. */
const onMembers = () => onLists({ members: upTo(4).map((id) => memberRow(id)) });

async function thrown(parameters: Parameters<typeof run>[0], settings: RunSettings) {
	return await run(parameters, settings).then(
		() => Promise.reject(new Error('Nothing was thrown.')),
		(error: unknown) => error as { message: string; description: string; context: IDataObject },
	);
}

test('has what each earlier item did', async () => {
	onMembers();
	onDelete(`${MEMBERS}/1`).reply(204);
	onDelete(`${MEMBERS}/2`).reply(204);
	onDelete(`${MEMBERS}/3`).reply(422, { message: 'No.' });
	const error = await thrown({ ...remove, options: { batchSize: 1 } }, { items: [{ id: 1 }, { id: 2 }, { id: 3 }, { id: 4 }] });
	expect(error.description).toContain('Done before it stopped: items 0, 1.');
	expect(error.message).toContain('[item 2]');
	expect(error.context.data).toEqual({
		otherItems: [
			{ item: 0, done: [{ deleted: true, businessId: 789, memberId: 1, email: 'person1@example.com' }] },
			{ item: 1, done: [{ deleted: true, businessId: 789, memberId: 2, email: 'person2@example.com' }] },
		],
	});
});

test('has what an item did that ended later, and why another failed', async () => {
	onMembers();
	onDelete(`${MEMBERS}/1`).reply(422, { message: 'No.' });
	onDelete(`${MEMBERS}/2`).delay(40).reply(204);
	onDelete(`${MEMBERS}/3`).delay(40).reply(422, { message: 'Neither.' });
	const error = await thrown({ ...remove, options: { batchSize: 3 } }, { items: [{ id: 1 }, { id: 2 }, { id: 3 }] });
	expect(error.message).toContain('[item 0]');
	expect(error.context.data).toMatchObject({
		otherItems: [
			{ item: 1, done: [{ deleted: true, memberId: 2 }] },
			{ item: 2, error: expect.stringContaining('[item 2]'), message: expect.any(String), details: { httpCode: '422' } },
		],
	});
});

test('is absent if no other item did anything', async () => {
	onMembers();
	onDelete(`${MEMBERS}/1`).reply(422, { message: 'No.' });
	const error = await thrown(remove, { items: [{ id: 1 }] });
	expect(error.context.data).toBeUndefined();
});

test('omits a list that was only read', async () => {
	onGet('/auth/api/v1/business/1/invitations?page=1&per_page=100').reply(200, { response: { invitations: [], pages: { page: 1, pages: 1, per_page: 100, total: 0 } } });
	onGet('/auth/api/v1/business/2/invitations?page=1&per_page=100').reply(403, { message: 'No.' });
	const parameters = { resource: 'invitation', operation: 'getAll', business: locator('id', '={{ $json.id }}') };
	const error = await thrown(parameters, { items: [{ id: 1 }, { id: 2 }] });
	expect(error.description).toContain('Done before it stopped: item 0.');
	expect(error.context.data).toBeUndefined();
});
