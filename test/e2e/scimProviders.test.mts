// The requests of Okta and Entra ID, step by step, on a real n8n over HTTP. An independent library checks every response.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { dialects, furtherExamples, matchingTest, roles, sampleRequests, validatorTests } from './scim/entraSteps.mts';
import { IndependentReader } from './scim/independent.mts';
import { DIALECTS, type Dialect } from './scim/lives.mts';
import { crudTest, linkingTest, OKTA_HEADERS, specificationTest } from './scim/oktaSteps.mts';
import { publishScim } from './scim/provider.mts';
import { assertAnswer, assertLike, EMPLOYEE, errorOf, find, get, getUser, isFilled, oneUser, playSteps, send, type Connection, type Manner, type Request, type StepList } from './scim/steps.mts';
import { BILLSPRING, startWorld, type Json, type SandboxInvitation, type World } from './support.mts';

/** Both providers send the first one. RFC 7644, section 3.1, requires services to accept the second one too. */
const CONTENT_TYPES = ['application/scim+json; charset=utf-8', 'application/json'];
/** Exists in the sandbox by default. */
const MEMBER = 'teodor.wexley@example.com';
const SCIM_NODE = 'FreshBooks SCIM Trigger';
const FRESHBOOKS_USER = 'urn:ietf:params:scim:schemas:extension:freshbooks:2.0:User';

let world: World;

before(async () => {
	world = await startWorld('scim-providers');
});
after(async () => await world.close());

/** The default people, and a new trigger with its own credential, so that n8n has no cached list. */
async function connect(name: string): Promise<Connection> {
	await world.reset();
	const provider = await publishScim(world, {}, await world.connect(name));
	const { body } = await provider.ask('/Schemas');
	return { provider, reader: new IndependentReader(body) };
}

interface Team {
	readonly members: Array<Json & { email: string }>;
	readonly invitations: Array<SandboxInvitation & { role: string }>;
}

async function team(): Promise<Team> {
	return await world.control('GET', `/businesses/${BILLSPRING}`);
}

/** The pending invitations: address and role. */
function pendingIn({ invitations }: Team): Record<string, string> {
	return Object.fromEntries(invitations.filter(({ status }) => status === 'pending').map(({ email, role }) => [email, role]));
}

interface Change {
	readonly kind: string;
	readonly by: string;
	readonly person: { email: string } | null;
	readonly details: { email?: string };
}

/** The service's changes in FreshBooks, in order. Addresses in lower case, as in IDs. */
async function changes(): Promise<string[]> {
	const history = await world.control<Change[]>('GET', '/history');
	return history.filter(({ by }) => by === 'api').map(({ kind, person, details }) => `${kind} ${String(person?.email ?? details.email).toLowerCase()}`);
}

/** The items that started the workflow. Waits for the expected number, or until no more come. */
async function items({ provider }: Connection, expected: number): Promise<Json[]> {
	const { client } = world.n8n;
	for (let tries = 0; ; tries++) {
		const executions = await client.executions(provider.workflowId);
		if (executions.length >= expected || tries === 20) {
			// Waits for a possible extra item.
			await sleep(500);
			const all = await Promise.all((await client.executions(provider.workflowId)).map(async ({ id }) => await client.finished(id)));
			return all.flatMap((execution) => execution.items(SCIM_NODE));
		}
		await sleep(250);
	}
}

function stepLists(tag: string): Array<[StepList, Record<string, string>]> {
	const addressOf = (name: string): string => `${name}.${tag}@example.com`;
	const oktaUser = { email: addressOf('Runscope123Xqwerty'), givenName: 'Runscope123', familyName: 'Xqwerty456' };
	return [
		[specificationTest(oktaUser), OKTA_HEADERS],
		[crudTest(oktaUser, 'wizard'), OKTA_HEADERS],
		[crudTest(oktaUser, 'catalog'), OKTA_HEADERS],
		[linkingTest({ ...oktaUser, email: MEMBER }), OKTA_HEADERS],
		[sampleRequests(`00aa00aa-bb11-${tag}`), {}],
		[furtherExamples(addressOf('joy.young')), {}],
		[dialects(addressOf('dialect')), {}],
		[matchingTest(MEMBER), {}],
		[roles(addressOf), {}],
		[validatorTests(addressOf), {}],
	];
}

function provesList({ name, steps, changes: expectedChanges, pending, events }: StepList, manner: Manner): void {
	describe(name, () => {
		let connection: Connection;
		let teamBefore: Team;
		before(async () => {
			connection = await connect(`${name} ${manner.contentType}`);
			teamBefore = await team();
		});
		playSteps(steps, () => connection, manner);

		test('FreshBooks has received exactly this', async () => {
			assert.deepEqual(await changes(), expectedChanges.map((change) => change.replace(/\S+$/, (address) => address.toLowerCase())));
			const teamAfter = await team();
			assert.deepEqual(teamAfter.members, teamBefore.members);
			assert.deepEqual(pendingIn(teamAfter), { ...pendingIn(teamBefore), ...pending });
		});

		test('the workflow has received exactly this', async () => {
			assert.deepEqual((await items(connection, events.length)).map(({ event }) => event), events);
		});
	});
}

/** Repeats a request until the response is as expected: a shared list may be a few seconds old. */
async function askUntil(connection: Connection, manner: Manner, request: Request, expected: Json): Promise<Json> {
	for (let tries = 0; ; tries++) {
		const answer = await send(connection, manner, request);
		try {
			assertAnswer(connection, answer, 200);
			assertLike(answer.body, expected, 'The answer');
			return answer.body;
		} catch (error) {
			if (tries === 20) throw error;
			await sleep(500);
		}
	}
}

async function liveLife(connection: Connection, { roles: [before, afterwards], create, promote, deactivate }: Dialect, manner: Manner, email: string): Promise<void> {
	const teamBefore = await team();
	const ask = async (request: Request, status: number, expected: Json): Promise<Json> => {
		const answer = await send(connection, manner, request);
		assertAnswer(connection, answer, status);
		assertLike(answer.body, expected, `The answer to ${request.method}`);
		return answer.body;
	};

	const created = await ask(create(email), 201, { userName: email, active: true, [FRESHBOOKS_USER]: { invitationPending: true } });
	assert.deepEqual(pendingIn(await team()), { ...pendingIn(teamBefore), [email]: EMPLOYEE });

	await world.control('POST', `/businesses/${BILLSPRING}/invitations/${encodeURIComponent(email)}/accept`, { firstName: 'Lena', lastName: 'Life' });
	const joined = { id: created['id'], userName: email, active: true, roles: [{ value: before }], [FRESHBOOKS_USER]: { invitationPending: false, identityId: isFilled } };
	const user = await askUntil(connection, manner, getUser(created), joined);
	await ask(find(`userName eq "${email}"`), 200, oneUser(joined));

	await ask(promote(user), 200, { ...joined, roles: [{ value: afterwards }] });
	assert.equal((await world.memberOf(email))?.role, 'business_manager');

	const read = await ask(getUser(user), 200, { active: true, roles: [{ value: afterwards }] });
	await ask(deactivate(read), 200, { id: created['id'], active: false });
	assert.deepEqual(await team().then(({ members }) => members), teamBefore.members);
	assert.deepEqual(await world.pendingOf(email), []);
	await ask(getUser(user), 200, { active: false, userName: email });
	await ask(find(`userName eq "${email}"`), 200, oneUser({ active: false }));

	await ask(create(email), 201, { id: created['id'], userName: email, active: true });
	assert.deepEqual(pendingIn(await team()), { ...pendingIn(teamBefore), [email]: EMPLOYEE });
	await ask(create(email), 409, errorOf(409, { scimType: 'uniqueness' }));

	assert.deepEqual(await changes(), [`invitationCreated ${email}`, `roleChanged ${email}`, `memberRemoved ${email}`, `invitationCreated ${email}`]);
	const seen = await items(connection, 4);
	assert.deepEqual(seen.map(({ event, email: address, scimId }) => [event, address, scimId]), ['provisioned', 'updated', 'deprovisioned', 'provisioned'].map((event) => [event, email, created['id']]));
}

for (const [index, contentType] of CONTENT_TYPES.entries()) {
	describe(`as ${contentType}`, () => {
		for (const [list, headers] of stepLists(['scim', 'json'][index] ?? '')) provesList(list, { contentType, headers });

		describe('the lifecycle of a person', () => {
			for (const dialect of DIALECTS) {
				test(dialect.name, async () => {
					const connection = await connect(`A life, ${dialect.name}, ${contentType}`);
					await liveLife(connection, dialect, { contentType, headers: dialect.headers }, 'lena.life@example.com');
				});
			}
		});
	});
}

describe('the service\'s discovery', () => {
	for (const address of ['/ServiceProviderConfig', '/ResourceTypes', '/ResourceTypes/User', '/Schemas']) {
		test(address, async () => {
			const connection = await connect(`Discovery ${address}`);
			assertAnswer(connection, await send(connection, { contentType: 'application/scim+json' }, get(address)), 200);
		});
	}
});
