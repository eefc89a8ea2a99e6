import type { IDataObject, INodeExecutionData, INodeParameters } from 'n8n-workflow';

import { FreshBooks } from '../../../nodes/FreshBooks/FreshBooks.node';
import { connectedCredential, executeContext, jsonOf, type RunSettings, type StoredCredential } from '../../harness/context';
import { startSandbox, type Sandbox } from './sandbox.cts';

/** Runs the action node against a FreshBooks sandbox of one suite. */

export const BUSINESS = 6806492;

let sandbox: Sandbox;

/** Long enough for a busy machine. */
const PATIENCE_MS = 60_000;

/** Call once in a suite: starts the sandbox, and resets its people before each test. */
export function onASandbox(): void {
	jest.setTimeout(PATIENCE_MS);
	beforeAll(async () => {
		sandbox = await startSandbox();
	});
	beforeEach(async () => {
		await sandbox.control('POST', '/reset');
	});
	afterAll(async () => {
		await sandbox.close();
	});
}

export async function control<Answer = IDataObject>(method: string, path: string, body?: IDataObject): Promise<Answer> {
	return await sandbox.control<Answer>(method, path, body);
}

/** Another credential, as another worker or workflow has. */
export async function credential(): Promise<StoredCredential> {
	return connectedCredential(await sandbox.credentialData());
}

/** Runs the node once and returns the json of its first output. */
export async function runOnce(parameters: INodeParameters, settings: RunSettings = {}): Promise<IDataObject[]> {
	return await jsonOf(parameters, { credential: await credential(), ...settings });
}

/** Runs the node once and returns all its outputs. */
export async function outputsOf(parameters: INodeParameters, settings: RunSettings = {}): Promise<INodeExecutionData[][]> {
	const context = executeContext(parameters, { credential: await credential(), ...settings });
	return await new FreshBooks().execute.call(context);
}

interface SandboxInvitation {
	id: number;
	email: string;
	status: string;
}

interface SandboxMember {
	memberId: number;
	uuid: string;
	email: string;
	role: string;
	active: boolean;
}

interface SandboxStaff {
	id: number;
	visState: number;
	fields: { email: string };
}

export interface SandboxBusiness {
	members: SandboxMember[];
	invitations: SandboxInvitation[];
	staff: SandboxStaff[];
}

export async function businessState(id = BUSINESS): Promise<SandboxBusiness> {
	return await control<SandboxBusiness>('GET', `/businesses/${id}`);
}

/** Pending invitations of an address. */
export async function pendingFor(email: string, id = BUSINESS): Promise<SandboxInvitation[]> {
	return (await businessState(id)).invitations.filter((invitation) => invitation.email === email && invitation.status === 'pending');
}

export async function memberOf(email: string, id = BUSINESS): Promise<SandboxMember | undefined> {
	return (await businessState(id)).members.find((member) => member.email === email);
}

/** The number of the node's requests with this method and end of the path. */
export async function requestsTo(method: string, pathEnd: string): Promise<number> {
	const requests = await control<Array<{ method: string; path: string }>>('GET', '/requests');
	return requests.filter((request) => request.method === method && request.path.endsWith(pathEnd)).length;
}

/** The changes of people since the start of the test. */
export async function kindsOfChange(): Promise<string[]> {
	return (await control<Array<{ kind: string }>>('GET', '/history')).map(({ kind }) => kind);
}
