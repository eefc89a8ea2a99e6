export interface RequestEntry {
	seq: number;
	at: string;
	/** Milliseconds, by the machine's own clock, without `clockOffsetMs`. */
	machineAt: number;
	method: string;
	path: string;
	query: string;
	status: number | null;
	ms: number | null;
	authorization: boolean;
	headers: Record<string, string>;
	body: unknown;
	fault: string | null;
	/** The number of the consent that the token comes from, counted from 1; null without a known token. */
	grant: number | null;
}

const KEPT_HEADERS = ['user-agent', 'accept', 'api-version', 'content-type'];
const KEPT_REQUESTS = 50_000;

/** The requests to the FreshBooks API of the sandbox, without those of the control API and the page. */
export class RequestLog {
	inFlight = 0;
	peakInFlight = 0;
	rateLimited = 0;
	private entries: RequestEntry[] = [];
	private lastSeq = 0;
	private dropped = 0;

	/** Opens an entry; `close` completes it. */
	open(request: { method: string; path: string; query: string; headers: Record<string, unknown>; body: unknown; at: number; grant: number | null }): RequestEntry {
		this.lastSeq += 1;
		this.inFlight += 1;
		this.peakInFlight = Math.max(this.peakInFlight, this.inFlight);
		const kept = KEPT_HEADERS.filter((name) => typeof request.headers[name] === 'string');
		const entry: RequestEntry = {
			seq: this.lastSeq, at: new Date(request.at).toISOString(), machineAt: Date.now(), method: request.method, path: request.path, query: request.query,
			status: null, ms: null, authorization: request.headers.authorization !== undefined,
			headers: Object.fromEntries(kept.map((name) => [name, String(request.headers[name])])), body: request.body ?? null, fault: null, grant: request.grant,
		};
		this.entries.push(entry);
		if (this.entries.length > KEPT_REQUESTS * 2) this.trim();
		return entry;
	}

	/** `status` is null when the connection was cut instead of answered. */
	close(entry: RequestEntry, status: number | null, ms: number): void {
		this.inFlight -= 1;
		if (status === 429) this.rateLimited += 1;
		entry.status = status;
		entry.ms = Math.round(ms * 10) / 10;
	}

	private trim(): void {
		this.dropped += this.entries.length - KEPT_REQUESTS;
		this.entries = this.entries.slice(-KEPT_REQUESTS);
	}

	since(seq: number): RequestEntry[] {
		if (seq === 0) return this.entries;
		const first = this.entries[0]?.seq ?? 0;
		return this.entries.slice(Math.max(0, seq - first + 1));
	}

	latest(count: number): RequestEntry[] {
		return this.entries.slice(-count);
	}

	/** Counts since the log was last cleared, by route with IDs replaced. */
	stats(): { requests: number; inFlight: number; peakInFlight: number; rateLimited: number; byRoute: Record<string, number> } {
		const byRoute: Record<string, number> = {};
		for (const { method, path } of this.entries) {
			const route = `${method} ${path.replace(/\/[0-9a-f-]{36}(?=\/|$)/g, '/:uuid').replace(/\/\d+(?=\/|$)/g, '/:id')}`;
			byRoute[route] = (byRoute[route] ?? 0) + 1;
		}
		return { requests: this.entries.length + this.dropped, inFlight: this.inFlight, peakInFlight: this.peakInFlight, rateLimited: this.rateLimited, byRoute };
	}

	clear(): void {
		this.entries = [];
		this.dropped = 0;
		this.rateLimited = 0;
		this.peakInFlight = this.inFlight;
	}
}
