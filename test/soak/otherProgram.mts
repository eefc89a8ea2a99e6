import type { Sandbox } from '../../sandbox/freshbooks/server.mts';

interface Row {
	readonly id: number;
	readonly email: string;
}

/** Another program, with a grant of its own, that writes to the same businesses through FreshBooks' API. */
export class OtherProgram {
	readonly #sandbox: Sandbox;
	#token: string;

	constructor(sandbox: Sandbox) {
		this.#sandbox = sandbox;
		this.#token = this.#newToken();
	}

	async invite(businessId: number, email: string, role: string): Promise<void> {
		await this.#send('POST', `/auth/api/v1/business/${businessId}/invitations`, { email, role });
	}

	async revoke(businessId: number, email: string): Promise<void> {
		const { invitations = [] } = (await this.#send('GET', `/auth/api/v1/business/${businessId}/invitations`)) as { invitations?: Row[] };
		const found = invitations.find((one) => one.email === email);
		if (found) await this.#send('DELETE', `/auth/api/v1/business/${businessId}/invitations/${found.id}`);
	}

	async changeRole(businessId: number, email: string, role: string): Promise<void> {
		const id = await this.#memberId(businessId, email);
		if (id !== undefined) await this.#send('PUT', `/auth/api/v1/business/${businessId}/members/${id}`, { role });
	}

	async remove(businessId: number, email: string): Promise<void> {
		const id = await this.#memberId(businessId, email);
		if (id !== undefined) await this.#send('DELETE', `/auth/api/v1/business/${businessId}/members/${id}`);
	}

	async #memberId(businessId: number, email: string): Promise<number | undefined> {
		for (let page = 1; ; page += 1) {
			const { members = [] } = (await this.#send('GET', `/auth/api/v1/business/${businessId}/members?per_page=100&page=${page}`)) as { members?: Row[] };
			const found = members.find((one) => one.email === email);
			if (found || members.length < 100) return found?.id;
		}
	}

	#newToken(): string {
		return String(this.#sandbox.grant().access_token);
	}

	/** FreshBooks' answer; undefined while it is down, or if somebody else has done it already. */
	async #send(method: string, path: string, body?: unknown, isSecondTry = false): Promise<object> {
		const headers = { authorization: `Bearer ${this.#token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
		const answer = await fetch(`${this.#sandbox.url}${path}`, { method, headers, body: JSON.stringify(body) }).catch(() => undefined);
		if (answer?.status === 401 && !isSecondTry) {
			this.#token = this.#newToken();
			return await this.#send(method, path, body, true);
		}
		if (!answer?.ok || answer.status === 204) return {};
		return ((await answer.json()) as { response: object }).response;
	}
}
