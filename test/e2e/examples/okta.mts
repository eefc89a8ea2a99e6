import { StandInServer } from './standInServer.mts';

/** What was asked of Okta. */
export interface Asked {
	readonly method: string;
	readonly url: string;
	readonly authorization: string;
}

/** The ID under which Okta knows the user of a path. */
export function idOf(url: string): string {
	return `00u${Buffer.from(url.split('/').at(-1) ?? '').toString('hex').slice(0, 17)}`;
}

/** An address on 127.0.0.1 that answers as Okta's users and app assignments do, and keeps what it was asked. */
export class Okta {
	readonly asked: Asked[] = [];
	/** Logins that Okta does not know. */
	readonly unknown = new Set<string>();
	#server!: StandInServer;

	static async open(): Promise<Okta> {
		const okta = new Okta();
		okta.#server = await StandInServer.open(({ method, url: { pathname }, headers }) => {
			okta.asked.push({ method, url: pathname, authorization: headers.authorization ?? '' });
			const known = ![...okta.unknown].some((login) => pathname.includes(encodeURIComponent(login)));
			if (!known) return { status: 404, body: { errorCode: 'E0000007', errorSummary: 'Not found: Resource not found (User)' } };
			// Okta answers 204 to an assignment that is taken away.
			return method === 'DELETE' ? { status: 204 } : { status: 200, body: { id: idOf(pathname), status: 'ACTIVE' } };
		});
		return okta;
	}

	get url(): string {
		return this.#server.url;
	}

	close(): void {
		this.#server.close();
	}
}
