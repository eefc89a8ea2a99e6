import { onAFastClock } from '../harness/clock';
import { jsonOf, locator, run } from '../harness/context';
import { memberRow } from '../harness/examples';
import { onLists } from '../harness/lists';
import { onDelete, onTheWire } from '../harness/wire';

jest.mock('n8n-workflow', () => jest.requireActual<typeof import('../harness/clock')>('../harness/clock').withFastSleep());
onTheWire();
onAFastClock();

test('input items are not changed, whether an item succeeds or fails', async () => {
	const items = [
		{ id: 1, person: { tags: ['a'] } },
		{ id: 2, person: { tags: ['b'] } },
	];
	const before = structuredClone(items);
	onLists({ members: [memberRow(1), memberRow(2)] });
	onDelete('/auth/api/v1/business/789/members/1').reply(204);
	onDelete('/auth/api/v1/business/789/members/2').reply(422, { message: 'No.' });
	const parameters = { resource: 'teamMember', operation: 'remove', business: locator('id', '789'), member: locator('id', '={{ $json.id }}') };
	const output = await run(parameters, { items, continueOnFail: true });
	expect(output.map(({ json }) => 'error' in json)).toEqual([false, true]);
	expect(items).toEqual(before);
});

test('a failing expression in the options of the first item does not affect the others', async () => {
	onLists({ members: [memberRow(1), memberRow(2)] });
	onDelete('/auth/api/v1/business/789/members/2').reply(204);
	const options = { ifMissing: "={{ $json.ifMissing ?? $('Nowhere').item.json.ifMissing }}" };
	const parameters = { resource: 'teamMember', operation: 'remove', business: locator('id', '789'), member: locator('id', '={{ $json.id }}'), options };
	const output = await jsonOf(parameters, { items: [{ id: 1 }, { id: 2, ifMissing: 'error' }], continueOnFail: true });
	expect(output).toMatchObject([{ error: expect.stringContaining("doesn't exist") }, { deleted: true, memberId: 2 }]);
});
