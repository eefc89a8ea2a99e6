import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { locator } from '../../harness/context';
import { TestScimTrigger, type Answered } from '../../harness/scim';
import { BUSINESS, control, credential, kindsOfChange, memberOf, onASandbox, pendingFor } from '../access/onSandbox';

/** Writes of an identity provider, against a sandbox: what it is answered, what the workflow gets, and what becomes of the person. */

onASandbox();

const TEODOR = 'teodor.wexley@example.com';
const NEW = 'new.hire@example.com';
const FRESHBOOKS_USER = 'urn:ietf:params:scim:schemas:extension:freshbooks:2.0:User';
const idOf = (address: string): string => Buffer.from(address).toString('base64url');
const user = (userName: string, more: IDataObject = {}): IDataObject => ({ schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName, ...more });
const patch = (...Operations: IDataObject[]): IDataObject => ({ schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations });
const OUT = patch({ op: 'replace', path: 'active', value: false });
const IN = patch({ op: 'replace', value: { active: true } });

async function aTrigger(parameters: INodeParameters = {}, staticData: IDataObject = {}): Promise<TestScimTrigger> {
	return new TestScimTrigger(await credential(), { business: locator('id', BUSINESS), ...parameters }, undefined, undefined, staticData);
}

async function send(trigger: TestScimTrigger, method: string, address: string, body?: IDataObject): Promise<Answered> {
	return await trigger.ask(address, { method, body: body && JSON.stringify(body), headers: { 'content-type': 'application/scim+json', 'user-agent': 'Okta SCIM Client 1.0.0' } });
}

const one = (address: string): string => `Users/${idOf(address)}`;

describe('POST', () => {
	test('invites, answers 201 with the user and starts the workflow', async () => {
		const trigger = await aTrigger();
		const { status, headers, body, items } = await send(trigger, 'POST', 'Users', user('New.Hire@example.com', { externalId: '00u1', name: { givenName: 'Nia', familyName: 'Hire' }, roles: [{ value: 'Manager' }] }));
		expect(status).toBe(201);
		expect(body).toMatchObject({ id: idOf(NEW), userName: 'New.Hire@example.com', externalId: '00u1', active: true, name: { givenName: 'Nia', familyName: 'Hire' }, [FRESHBOOKS_USER]: { invitationPending: true } });
		expect(headers.location).toBe((body.meta as IDataObject).location);
		expect(await pendingFor('New.Hire@example.com')).toMatchObject([{ role: 'business_manager' }]);
		expect(items).toEqual([
			{
				event: 'provisioned',
				email: 'New.Hire@example.com',
				scimId: idOf(NEW),
				externalId: '00u1',
				role: 'business_manager',
				status: 'invited',
				report: expect.objectContaining({ status: 'invited', verified: true }) as IDataObject,
				requestedBy: 'Okta SCIM Client 1.0.0',
				receivedAt: expect.stringMatching(/^\d{4}-/) as string,
			},
		]);
		expect((await send(trigger, 'GET', one(NEW))).body).toMatchObject({ id: idOf(NEW), externalId: '00u1', active: true, name: { givenName: 'Nia' } });
	});

	test('for a member, or an invited person, is 409 and does nothing', async () => {
		const trigger = await aTrigger();
		for (const address of [TEODOR, TEODOR.toUpperCase()]) {
			const { status, body, items } = await send(trigger, 'POST', 'Users', user(address));
			expect([status, body.scimType, items]).toEqual([409, 'uniqueness', undefined]);
		}
		expect((await send(trigger, 'POST', 'Users', user(NEW))).status).toBe(201);
		expect((await send(trigger, 'POST', 'Users', user(NEW))).status).toBe(409);
		expect(await kindsOfChange()).toEqual(['invitationCreated']);
	});

	test('with active false invites nobody, and is remembered', async () => {
		const trigger = await aTrigger();
		const { status, body, items } = await send(trigger, 'POST', 'Users', user(NEW, { active: false, title: 'Clerk' }));
		expect([status, body.active, items]).toEqual([201, false, undefined]);
		expect((await send(trigger, 'GET', one(NEW))).body).toMatchObject({ active: false, title: 'Clerk' });
		expect(await kindsOfChange()).toEqual([]);
		const activated = await send(trigger, 'PATCH', one(NEW), IN);
		expect([activated.status, activated.body.active, activated.items?.[0].event]).toEqual([200, true, 'reactivated']);
		expect(await pendingFor(NEW)).toHaveLength(1);
	});

	test('without an address is 400, and the work email is one', async () => {
		const trigger = await aTrigger();
		expect((await send(trigger, 'POST', 'Users', user('nhire'))).body).toMatchObject({ status: '400', scimType: 'invalidValue' });
		const { status, body } = await send(trigger, 'POST', 'Users', user('nhire', { emails: [{ type: 'work', value: NEW }] }));
		expect([status, body.id, body.userName]).toEqual([201, idOf(NEW), 'nhire']);
	});

	test('of a role that FreshBooks does not have gives the default one, and says so', async () => {
		const { items } = await send(await aTrigger({ role: locator('list', 'contractor') }), 'POST', 'Users', user(NEW, { roles: [{ value: 'Wizard' }] }));
		expect(items?.[0]).toMatchObject({ event: 'provisioned', role: 'contractor', report: { remarks: [expect.stringContaining("no role 'Wizard'")] } });
		expect(await pendingFor(NEW)).toMatchObject([{ role: 'contractor' }]);
	});

	test('twice at once invites once', async () => {
		const trigger = await aTrigger();
		const answers = await Promise.all([1, 2, 3].map(async () => await send(trigger, 'POST', 'Users', user(NEW))));
		expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
		expect(await kindsOfChange()).toEqual(['invitationCreated']);
	});
});

describe('active false', () => {
	test.each([
		['PATCH', OUT],
		['PATCH', patch({ op: 'Replace', path: 'active', value: 'False' })],
		['PATCH', patch({ op: 'replace', value: { active: false, userName: '' } })],
		['PUT', user(TEODOR, { active: false, externalId: 'x1' })],
	])('by %s removes the person, whatever else it says: %j', async (method, body) => {
		const trigger = await aTrigger();
		const { status, body: answered, items } = await send(trigger, method, one(TEODOR), body);
		expect([status, answered.active]).toEqual([200, false]);
		expect(items).toMatchObject([{ event: 'deprovisioned', email: TEODOR, status: 'offboarded', report: { status: 'offboarded', businesses: [{ outcome: 'removed', verified: true }] } }]);
		expect(await memberOf(TEODOR)).toBeUndefined();
		expect((await send(trigger, 'GET', one(TEODOR))).body).toMatchObject({ active: false, userName: TEODOR });
		expect((await trigger.ask('Users', { query: { filter: `userName eq "${TEODOR}"` } })).body.totalResults).toBe(1);
		const again = await send(trigger, method, one(TEODOR), body);
		expect([again.status, again.body.active, again.items]).toEqual([200, false, undefined]);
	});

	test('keeps the name that FreshBooks showed', async () => {
		const trigger = await aTrigger();
		const { name } = (await send(trigger, 'GET', one(TEODOR))).body;
		expect(name).toMatchObject({ givenName: 'Teodor', familyName: 'Wexley' });
		await send(trigger, 'PATCH', one(TEODOR), OUT);
		expect((await send(trigger, 'GET', one(TEODOR))).body.name).toEqual(name);
	});

	test('then POST invites the person again, with the same id', async () => {
		const trigger = await aTrigger();
		await send(trigger, 'PATCH', one(TEODOR), OUT);
		const { status, body, items } = await send(trigger, 'POST', 'Users', user(TEODOR));
		expect([status, body.id, items?.[0].event]).toEqual([201, idOf(TEODOR), 'provisioned']);
		expect(await pendingFor(TEODOR)).toHaveLength(1);
	});

	test('then active true invites the person again', async () => {
		const trigger = await aTrigger();
		await send(trigger, 'PATCH', one(TEODOR), OUT);
		const { status, body, items } = await send(trigger, 'PUT', one(TEODOR), user(TEODOR, { active: true }));
		expect([status, body.active, items?.[0].event]).toEqual([200, true, 'reactivated']);
		expect(await pendingFor(TEODOR)).toHaveLength(1);
	});

	test('of a person who is only invited revokes the invitation', async () => {
		const trigger = await aTrigger();
		await send(trigger, 'POST', 'Users', user(NEW));
		const { items } = await send(trigger, 'PATCH', one(NEW), OUT);
		expect(items).toMatchObject([{ event: 'deprovisioned', report: { businesses: [{ outcome: 'invitationRevoked' }] } }]);
		expect(await pendingFor(NEW)).toEqual([]);
	});

	test('of nobody is 404', async () => {
		expect((await send(await aTrigger(), 'PATCH', one('nobody@example.com'), OUT)).status).toBe(404);
	});

	test('of an owner or the connected user is 403, nothing is sent, and the workflow gets it', async () => {
		const trigger = await aTrigger();
		const { members } = await control<{ members: Array<{ email: string; role: string }> }>('GET', `/businesses/${BUSINESS}`);
		const owners = members.filter(({ role }) => role === 'owner');
		expect(owners.length).toBeGreaterThan(0);
		for (const { email } of owners) {
			for (const answer of [await send(trigger, 'PATCH', one(email), OUT), await send(trigger, 'DELETE', one(email))]) {
				expect([answer.status, answer.items?.[0].event, answer.items?.[0].status]).toEqual([403, 'failed', 'refused']);
			}
		}
		expect(await kindsOfChange()).toEqual([]);
	});
});

describe('DELETE', () => {
	test('removes the person, and nobody has the id then', async () => {
		const trigger = await aTrigger();
		const { status, items } = await send(trigger, 'DELETE', one(TEODOR));
		expect([status, items?.[0].event]).toEqual([204, 'deprovisioned']);
		expect(await memberOf(TEODOR)).toBeUndefined();
		expect((await send(trigger, 'GET', one(TEODOR))).status).toBe(404);
		expect((await trigger.ask('Users', { query: { filter: `userName eq "${TEODOR}"` } })).body.totalResults).toBe(0);
		expect((await send(trigger, 'DELETE', one(TEODOR))).status).toBe(404);
	});

	test('is 404 afterwards also where FreshBooks keeps the person as inactive', async () => {
		await control('PATCH', '/settings', { removedMembers: 'inactive' });
		const trigger = await aTrigger();
		expect((await send(trigger, 'DELETE', one(TEODOR))).status).toBe(204);
		expect((await send(trigger, 'GET', one(TEODOR))).status).toBe(404);
		expect((await send(trigger, 'DELETE', one(TEODOR))).status).toBe(404);
	});
});

describe('a change', () => {
	test('of names and a title is remembered, and starts no execution', async () => {
		const trigger = await aTrigger();
		const { status, body, items } = await send(trigger, 'PATCH', one(TEODOR), patch({ op: 'Add', value: { 'name.givenName': 'Theo', title: 'Chief' } }));
		expect([status, items]).toEqual([200, undefined]);
		expect(body).toMatchObject({ name: { givenName: 'Theo' }, title: 'Chief', active: true });
		expect((await send(trigger, 'GET', one(TEODOR))).body).toMatchObject({ name: { givenName: 'Theo' }, title: 'Chief' });
		expect(await kindsOfChange()).toEqual([]);
	});

	test('of the role changes it in FreshBooks', async () => {
		const trigger = await aTrigger();
		const { status, body, items } = await send(trigger, 'PATCH', one(TEODOR), patch({ op: 'Add', path: 'roles', value: [{ value: '{"id":"1","value":"business_accountant","displayName":"Accountant"}' }] }));
		expect([status, items?.[0].event, items?.[0].role]).toEqual([200, 'updated', 'business_accountant']);
		expect(body.roles).toMatchObject([{ value: expect.stringContaining('business_accountant') }]);
		expect((await memberOf(TEODOR))?.role).toBe('business_accountant');
	});

	test('of the role of a pending invitation is not done; the workflow gets it once', async () => {
		const trigger = await aTrigger();
		await send(trigger, 'POST', 'Users', user(NEW));
		const asManager = patch({ op: 'add', path: 'roles', value: [{ value: 'business_manager' }] });
		const { status, items } = await send(trigger, 'PATCH', one(NEW), asManager);
		expect([status, items?.[0].event, items?.[0].status]).toEqual([200, 'failed', 'roleNotChanged']);
		expect((await send(trigger, 'PATCH', one(NEW), asManager)).items).toBeUndefined();
	});

	test("of an owner's role is not done, and answered 200", async () => {
		const trigger = await aTrigger();
		const { members } = await control<{ members: Array<{ email: string; role: string }> }>('GET', `/businesses/${BUSINESS}`);
		const owner = members.find(({ role }) => role === 'owner')?.email ?? '';
		const { status, items } = await send(trigger, 'PUT', one(owner), user(owner, { roles: [{ value: 'business_employee' }] }));
		expect([status, items?.[0].event, items?.[0].status]).toEqual([200, 'failed', 'roleNotChanged']);
		expect(await kindsOfChange()).toEqual([]);
	});

	test('of the userName keeps the id, and the workflow gets it', async () => {
		const trigger = await aTrigger();
		const { status, body, items } = await send(trigger, 'PUT', one(TEODOR), user('teo.new@example.com', { active: true }));
		expect([status, body.id, body.userName, items?.[0].event]).toEqual([200, idOf(TEODOR), 'teo.new@example.com', 'updated']);
		expect((await trigger.ask('Users', { query: { filter: 'userName eq "teo.new@example.com"' } })).body.totalResults).toBe(1);
		expect((await send(trigger, 'POST', 'Users', user('teo.new@example.com'))).status).toBe(409);
		expect((await send(trigger, 'PUT', one(TEODOR), user('teo.new@example.com', { active: true }))).items).toBeUndefined();
	});

	test('by PUT without active and roles changes neither', async () => {
		const trigger = await aTrigger();
		const role = (await memberOf(TEODOR))?.role;
		const { status, body } = await send(trigger, 'PUT', one(TEODOR), user(TEODOR));
		expect([status, body.active, (await memberOf(TEODOR))?.role]).toEqual([200, true, role]);
	});
});

describe('the removal limit', () => {
	test('answers 429 with Retry-After, and the workflow gets it once', async () => {
		const trigger = await aTrigger({ options: { maxRemovals: 1, maxRemovalsUnit: 'count' } });
		const { members } = await control<{ members: Array<{ email: string; role: string }> }>('GET', `/businesses/${BUSINESS}`);
		const [first, second, third] = members.filter(({ role, email }) => role === 'business_employee' && email !== TEODOR);
		expect((await send(trigger, 'PATCH', one(first.email), OUT)).status).toBe(200);
		const refused = await send(trigger, 'PATCH', one(second.email), OUT);
		expect([refused.status, refused.items?.[0].event, refused.items?.[0].status]).toEqual([429, 'failed', 'limitReached']);
		expect(Number(refused.headers['retry-after'])).toBeGreaterThan(3_500);
		const next = await send(trigger, 'DELETE', one(third.email));
		expect([next.status, next.items]).toEqual([429, undefined]);
		// An invitation is no member.
		await send(trigger, 'POST', 'Users', user(NEW));
		expect((await send(trigger, 'PATCH', one(NEW), OUT)).status).toBe(200);
		expect(await kindsOfChange()).toEqual(['memberRemoved', 'invitationCreated', 'invitationRevoked']);
	});
});

describe('what is remembered', () => {
	test('is read by another process, and after a restart', async () => {
		const staticData: IDataObject = {};
		const trigger = await aTrigger({}, staticData);
		await send(trigger, 'POST', 'Users', user(NEW, { externalId: '00u9' }));
		const other = await aTrigger({}, structuredClone(staticData));
		expect((await send(other, 'GET', one(NEW))).body.externalId).toBe('00u9');
	});

	test('that is damaged is ignored', async () => {
		const trigger = await aTrigger({}, { 'node:FreshBooks SCIM Trigger': { people: '{"people":[[]' } });
		expect((await send(trigger, 'GET', one(TEODOR))).status).toBe(200);
		expect((await send(trigger, 'PATCH', one(TEODOR), OUT)).status).toBe(200);
	});

	test('finds a person who changed their address in FreshBooks', async () => {
		const trigger = await aTrigger();
		await send(trigger, 'PUT', one(TEODOR), user(TEODOR, { externalId: '00u2' }));
		const member = await memberOf(TEODOR);
		await control('PATCH', `/businesses/${BUSINESS}/members/${member?.uuid}`, { email: 'teo.wexley@example.org' });
		const { status, body } = await send(trigger, 'GET', one(TEODOR));
		expect([status, body.id, body.active, body.externalId]).toEqual([200, idOf(TEODOR), true, '00u2']);
		const out = await send(trigger, 'PATCH', one(TEODOR), OUT);
		expect([out.status, out.items?.[0].event]).toEqual([200, 'deprovisioned']);
		expect(await memberOf('teo.wexley@example.org')).toBeUndefined();
	});
});

describe('a service that only reads', () => {
	test.each(['POST', 'PUT', 'PATCH', 'DELETE'])('refuses %s with 403', async (method) => {
		const { status, items } = await send(await aTrigger({ options: { readOnly: true } }), method, method === 'POST' ? 'Users' : one(TEODOR), user(TEODOR, { active: false }));
		expect([status, items]).toEqual([403, undefined]);
		expect(await memberOf(TEODOR)).toBeDefined();
	});
});
