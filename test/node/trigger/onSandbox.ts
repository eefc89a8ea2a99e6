import type { ICredentialDataDecryptedObject, IDataObject, INodeParameters } from 'n8n-workflow';

import { connectedCredential, type StoredCredential } from '../../harness/context';
import { ALL_EVENTS, TestTrigger, type TriggerSettings } from '../../harness/trigger';
import { startSandbox, type Sandbox } from '../access/sandbox.cts';

/** The trigger against a FreshBooks sandbox that one suite has for itself. */

/** 12 people and 2 pending invitations. */
export const BILLSPRING = 6806492;
/** 131 people: two pages. */
export const HARBOUR = 311394;
/** 3 people. */
export const LANTERN = 530277;
/** May not be listed. */
export const QUARRY = 884410;

let sandbox: Sandbox;

/** Call once in a suite: starts the sandbox, and gives every test the people it starts with. */
export function onASandbox(): void {
	// A test that times out restores the clock while its polls continue, and waits then take no time.
	jest.setTimeout(60_000);
	beforeAll(async () => {
		sandbox = await startSandbox();
	});
	beforeEach(async () => {
		await control('POST', '/reset');
	});
	afterAll(async () => {
		await sandbox.close();
	});
}

export async function control<Answer = IDataObject>(method: string, path: string, body?: IDataObject): Promise<Answer> {
	return await sandbox.control<Answer>(method, path, body);
}

/** A credential of its own, connected to the sandbox. */
export async function credential(): Promise<StoredCredential> {
	const { clientId, clientSecret } = await control<{ clientId: string; clientSecret: string }>('GET', '/oauth');
	return connectedCredential({ ...(await sandbox.credentialData()), clientId, clientSecret });
}

/** The same, with scopes of the test's choice. */
export async function credentialFor(scope: string): Promise<StoredCredential> {
	const stored = await credential();
	const oauthTokenData = await control('POST', '/oauth/grant', { scope });
	stored.data.oauthTokenData = oauthTokenData as unknown as ICredentialDataDecryptedObject[string];
	return stored;
}

/** Parameters for some businesses, with every event. */
export function watching(businessIds: number[], changes: INodeParameters = {}): INodeParameters {
	return { businesses: 'selected', businessIds, events: ALL_EVENTS, ...changes };
}

/** A trigger of its own. BillSpring and every event where the test does not say. */
export async function triggerOf(parameters: INodeParameters = watching([BILLSPRING]), settings: Partial<TriggerSettings> = {}): Promise<TestTrigger> {
	return new TestTrigger({ credential: await credential(), ...settings, parameters });
}

/** The same, published: its baseline is taken. */
export async function published(parameters?: INodeParameters, settings?: Partial<TriggerSettings>): Promise<TestTrigger> {
	const trigger = await triggerOf(parameters, settings);
	const { items, error } = await trigger.activate();
	if (items.length > 0 || error) throw new Error(`The baseline was not silent: ${JSON.stringify({ items, error })}`);
	return trigger;
}

export interface SandboxMember extends IDataObject {
	uuid: string;
	memberId: number;
	email: string;
	role: string;
	active: boolean;
	identityId: number | null;
	firstName: string;
	lastName: string;
	invitationDateAccepted: string | null;
	updatedAt: string;
}

/** Changes people as the sandbox's page does. A person is named by address, an invitation too. */
export const people = {
	all: async (business = BILLSPRING): Promise<SandboxMember[]> =>
		(await control<{ members: SandboxMember[] }>('GET', `/businesses/${business}`)).members,
	get: async (email: string, business = BILLSPRING): Promise<SandboxMember> => await control('GET', `/businesses/${business}/members/${email}`),
	add: async (email: string, fields: IDataObject = {}, business = BILLSPRING): Promise<SandboxMember> =>
		await control('POST', `/businesses/${business}/members`, { email, ...fields }),
	change: async (email: string, fields: IDataObject, business = BILLSPRING): Promise<SandboxMember> =>
		await control('PATCH', `/businesses/${business}/members/${email}`, fields),
	remove: async (email: string, business = BILLSPRING): Promise<SandboxMember> => await control('DELETE', `/businesses/${business}/members/${email}`),
	deactivate: async (email: string, business = BILLSPRING) => await control('POST', `/businesses/${business}/members/${email}/deactivate`),
	reactivate: async (email: string, business = BILLSPRING) => await control('POST', `/businesses/${business}/members/${email}/reactivate`),
	newId: async (email: string, business = BILLSPRING): Promise<SandboxMember> =>
		await control('POST', `/businesses/${business}/members/${email}/new-id`),
	invite: async (email: string, role = 'business_employee', business = BILLSPRING): Promise<{ id: number }> =>
		await control('POST', `/businesses/${business}/invitations`, { email, role }),
	accept: async (email: string, business = BILLSPRING): Promise<SandboxMember> =>
		await control('POST', `/businesses/${business}/invitations/${email}/accept`),
	revoke: async (email: string, business = BILLSPRING) => await control('DELETE', `/businesses/${business}/invitations/${email}`),
};

/** Arms a fault of the sandbox (its README lists them). */
export async function fault(kind: string, route: string, params: IDataObject = {}): Promise<void> {
	await control('POST', '/faults', { kind, route, ...params });
}

/** For ever, until {@link clearFaults}. */
export const ALWAYS = { count: 0 } as const;

export async function clearFaults(): Promise<void> {
	await control('DELETE', '/faults');
}

export const TEAM = 'GET /team_members$';
export const ONE_MEMBER = 'GET /team_members/.';
export const MEMBERS = 'GET /members$';
export const INVITATIONS = 'GET /invitations$';
export const ME = 'GET /users/me';

/** The people list of one business. */
export function teamOf(business: number): string {
	return `GET /businesses/${business}/team_members$`;
}

/** How often FreshBooks was asked for single people. */
export async function lookUps(): Promise<number> {
	const requests = await control<Array<{ path: string }>>('GET', '/requests');
	return requests.filter(({ path }) => /team_members\/./.test(path)).length;
}

/** A member as an item shows them, in the order of its fields; an empty text is no text. */
export function asOutput(member: SandboxMember): IDataObject {
	return {
		firstName: member.firstName || null,
		lastName: member.lastName || null,
		email: member.email,
		role: member.role,
		active: member.active,
		id: member.uuid,
		identityId: member.identityId,
		invitationAcceptedAt: member.invitationDateAccepted,
		updatedAt: member.updatedAt,
	};
}
