import { after, before, beforeEach } from 'node:test';

import axios from 'axios';
import type { AxiosInstance, AxiosResponse } from 'axios';

import { startSandbox } from '../../sandbox/freshbooks/server.mts';
import type { Sandbox, SandboxOptions } from '../../sandbox/freshbooks/server.mts';

export type Body = Record<string, unknown>;

/** A sandbox shared by the tests of a file, reset before each of them. */
export interface Bench {
	sandbox: Sandbox;
	/** Calls with a token that may do everything; no status throws. */
	api: AxiosInstance;
	/** Calls without a token. */
	open: AxiosInstance;
	control: (method: string, path: string, body?: unknown) => Promise<Body>;
	as: (scope: string) => AxiosInstance;
}

export const BILLSPRING = 6806492;
export const LARGE = 311394;
export const TEAM = `/auth/api/v1/businesses/${BILLSPRING}/team_members`;
export const LARGE_TEAM = `/auth/api/v1/businesses/${LARGE}/team_members`;
export const MEMBERS = `/auth/api/v1/business/${BILLSPRING}/members`;
export const INVITATIONS = `/auth/api/v1/business/${BILLSPRING}/invitations`;
export const STAFF = '/accounting/account/zDmNq/users/staffs';

export function useSandbox(options: SandboxOptions = {}): Bench {
	const bench = {} as Bench;
	before(async () => {
		const sandbox = await startSandbox(options);
		const client = (token?: unknown) => axios.create({
			baseURL: sandbox.url, validateStatus: () => true, maxRedirects: 0, ...(token ? { headers: { authorization: `Bearer ${String(token)}` } } : {}),
		});
		const open = client();
		Object.assign(bench, {
			sandbox, open, api: client(sandbox.grant().access_token), as: (scope: string) => client(sandbox.grant(scope).access_token),
			control: async (method: string, path: string, body?: unknown) => {
				const answer: AxiosResponse<Body> = await open.request({ method, url: `/sandbox${path}`, data: body });
				if (answer.status >= 400) throw new Error(`${answer.status} ${JSON.stringify(answer.data)}`);
				return answer.data;
			},
		});
	});
	beforeEach(() => bench.control('POST', '/reset'));
	after(() => bench.sandbox.close());
	return bench;
}

/** The kinds of the changes in the sandbox's history, in order. */
export async function kinds(bench: Bench): Promise<string[]> {
	const history = (await bench.control('GET', '/history')) as unknown as { kind: string }[];
	return history.map(({ kind }) => kind);
}
