import fc from 'fast-check';
import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { FreshBooks } from '../../../nodes/FreshBooks/FreshBooks.node';
import { connectedCredential, run } from '../../harness/context';
import { attempt, IS_LONG, runs, type Ending } from './campaign.cts';
import { ACCOUNT, BUSINESS, goodAnswer, GOOD_CALLS } from './freshBooks';
import { endOf, expectClear, expectIntended, expectItems, expectPrototypeUntouched, idsIn } from './judge';
import { operationsOf, parametersOf, slotsOf, type Slot } from './parameters';
import { hostileSuite } from './suite.cts';
import { hostileValue, LONG_TEXTS, NASTY_TEXTS } from './values';

/** All of them together take a minute. */
const SOME_LONG_TEXTS = IS_LONG ? LONG_TEXTS : LONG_TEXTS.slice(-2);

jest.mock('n8n-workflow', () => jest.requireActual<typeof import('../../harness/clock')>('../../harness/clock').withFastSleep());
const server = hostileSuite('input');

const { description } = new FreshBooks();
const OPERATIONS = operationsOf(description).map((operation) => ({ ...operation, title: `${operation.resource} ${operation.operation}` }));

/** IDs that a run may use although they are not in its parameters. */
const KNOWN_IDS = new Set([String(BUSINESS), ACCOUNT, '77128', '1', '2', '3', '55', '00000000-0000-4000-8000-000000000001']);

/** Every text of a value that could be used as an ID. */
function atomsOf(value: unknown): string[] {
	if (typeof value === 'string') return value.split(',').map((part) => part.trim().toLowerCase());
	if (typeof value !== 'object' || value === null) return [String(value).toLowerCase()];
	return Object.values(value).flatMap(atomsOf);
}

/** A sentence that ends an item after a lookup of a person or invitation. */
const ABOUT_A_PERSON = /^(No \S+( \S+)?( of business \d+)? has the (address|ID|UUID) |\S+ already has a pending invitation|\S+ is the connected user|\S+ owns )/;

async function tryValue(title: string, slot: Slot, value: unknown): Promise<Ending> {
	const [resource, operation] = title.split(' ');
	const { parameters: good, endpoints } = GOOD_CALLS[title];
	const parameters: INodeParameters = { resource, operation, ...slot.fill(good, '={{ $json.hostile }}') };
	server().answerWith(({ method, url, body }) => ({ status: 200, body: JSON.stringify(goodAnswer(method, url, body)) }));
	const credential = connectedCredential({ environment: 'custom', apiBaseUrl: server().url });
	const end = await endOf(run(parameters, { credential, items: [{ hostile: value } as IDataObject] }));
	expectPrototypeUntouched();
	expectIntended(server().arrived, new URL(server().url).host, endpoints);
	const allowed = new Set(atomsOf(value));
	for (const id of idsIn(server().arrived)) {
		if (!KNOWN_IDS.has(id) && !allowed.has(id.toLowerCase())) throw new Error(`A path with the ID ${id}, which nobody gave.`);
	}
	if ('items' in end) {
		expectItems(end.items);
		return 'requests';
	}
	const message = expectClear(end.error);
	const named = slot.displayNames.some((name) => message.includes(`'${name}'`) || message.startsWith(`${name} is empty`));
	if (!named && !ABOUT_A_PERSON.test(message)) throw new Error(`The error does not name ${slot.displayNames[0]}: ${message}`);
	return 'error';
}

test('every operation is here', () => {
	expect(OPERATIONS.map(({ title }) => title).sort()).toEqual(Object.keys(GOOD_CALLS).sort());
});

test.each(OPERATIONS)('$title works with a valid call', async ({ title, resource, operation }) => {
	server().answerWith(({ method, url, body }) => ({ status: 200, body: JSON.stringify(goodAnswer(method, url, body)) }));
	const credential = connectedCredential({ environment: 'custom', apiBaseUrl: server().url });
	const output = await run({ resource, operation, ...GOOD_CALLS[title].parameters }, { credential });
	expect(output.length).toBeGreaterThan(0);
	expectIntended(server().arrived, new URL(server().url).host, GOOD_CALLS[title].endpoints);
});

describe.each(OPERATIONS)('$title', (operation) => {
	const slots = parametersOf(description, operation).flatMap(slotsOf);

	if (slots.length === 0) return;
	test.each(slots)('$name: a clear error, or requests to the intended path only', async (slot) => {
		const judge = async (value: unknown) => await attempt(operation.title, 'input', async () => await tryValue(operation.title, slot, value));
		await fc.assert(fc.asyncProperty(hostileValue, judge), runs(4));
	});
});

test.each(OPERATIONS)('$title: a word that n8n treats as a network error, in every place', async (operation) => {
	for (const slot of parametersOf(description, operation).flatMap(slotsOf)) {
		await attempt(operation.title, 'network word', async () => await tryValue(operation.title, slot, 'EACCES'));
	}
});

test.each(OPERATIONS)('$title: texts of a megabyte in every place', async (operation) => {
	for (const slot of parametersOf(description, operation).flatMap(slotsOf)) {
		for (const value of SOME_LONG_TEXTS) await attempt(operation.title, 'long text', async () => await tryValue(operation.title, slot, value));
	}
});

test.each(['resource', 'operation'])('%s itself: a short error, and nothing is sent', async (name) => {
	const judge = async (value: unknown) =>
		await attempt(name, 'input', async () => {
			server().answerWith(() => ({ status: 500 }));
			const parameters = { resource: 'staff', operation: 'get', [name]: value } as INodeParameters;
			const end = await endOf(run(parameters, { credential: connectedCredential({ environment: 'custom', apiBaseUrl: server().url }) }));
			if (!('error' in end)) throw new Error('It ran.');
			expectClear(end.error);
			if (server().arrived.length > 0) throw new Error('Something was sent.');
			return 'error';
		});
	await fc.assert(fc.asyncProperty(hostileValue.filter((value) => typeof value !== 'string' || !value.startsWith('=')), judge), runs(20));
	for (const value of [...NASTY_TEXTS, ...LONG_TEXTS].filter((text) => !text.startsWith('='))) await judge(value);
});
