import type { Distortion } from './paging.mts';
import { asRecord, seededRandom, text } from './values.mts';

export const FAULT_KINDS = [
	'status', 'rateLimited', 'delay', 'resetBefore', 'resetMidBody', 'truncatedJson', 'html502', 'errorIn200', 'totalTooLarge',
	'emptyList', 'wrongShape', 'applyThenFail', 'rotateRows', 'shiftRows', 'dropRows', 'hugeBody', 'deepJson', 'expireToken',
	'lateArrival', 'fieldsLeftOut',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

export interface FaultSpec {
	kind: FaultKind;
	/** Method and path, e.g. `GET /team_members$`; the path is a regular expression. Both parts may be left out. */
	route?: string;
	/** A regular expression on the query string. */
	query?: string;
	/** How many requests it hits: 1 by default, 0 for no end. */
	count?: number;
	/** How many matching requests pass first. */
	after?: number;
	/** Hits each matching request with this probability only. */
	probability?: number;
	params?: Record<string, unknown>;
}

/** A fault on one request. `turn` counts the hits of this fault from 0. */
export interface Hit { kind: FaultKind; params: Record<string, unknown>; turn: number }

/** A request that a fault may hit. */
export interface FaultedRequest { method: string; path: string; query: string; grant: number | null }

/** Chooses the hit of a request. Undefined: the armed faults decide. */
export type Director = (request: FaultedRequest) => Hit | undefined;

interface ArmedFault extends FaultSpec {
	id: number;
	method: string | null;
	path: RegExp;
	queryPattern: RegExp;
	passed: number;
	fired: number;
}

/** The armed faults, and how often each kind has hit. */
export class Faults {
	private armed: ArmedFault[] = [];
	private fired = new Map<FaultKind, number>();
	private lastId = 0;
	private random = seededRandom(1);
	/** Decides before the armed faults. */
	director: Director | undefined;

	/** Arms a fault; throws on an unknown kind or a bad pattern. */
	add(spec: FaultSpec): number {
		if (!FAULT_KINDS.includes(spec.kind)) throw new Error(`Unknown fault kind '${spec.kind}'. Known: ${FAULT_KINDS.join(', ')}`);
		const [, method, path = ''] = /^(?:([A-Z]+|\*)(?:\s+|$))?(.*)$/.exec(spec.route ?? '') ?? [];
		this.lastId += 1;
		this.armed.push({
			...spec, id: this.lastId, method: method && method !== '*' ? method : null, path: new RegExp(path),
			queryPattern: new RegExp(spec.query ?? ''), passed: 0, fired: 0,
		});
		return this.lastId;
	}

	/** Sets the seed of the random numbers for `probability`. */
	seed(seed: number): void {
		this.random = seededRandom(seed);
	}

	/** The fault that hits this request, if any: the first armed one that matches and is due. */
	next(request: FaultedRequest): Hit | undefined {
		const directed = this.director?.(request);
		if (directed) return this.count(directed);
		const { method, path, query } = request;
		for (const fault of this.armed) {
			if (!this.isDue(fault, method, path, query)) continue;
			const turn = fault.fired;
			fault.fired += 1;
			return this.count({ kind: fault.kind, params: fault.params ?? {}, turn });
		}
		return undefined;
	}

	private count(hit: Hit): Hit {
		this.fired.set(hit.kind, (this.fired.get(hit.kind) ?? 0) + 1);
		return hit;
	}

	private isDue(fault: ArmedFault, method: string, path: string, query: string): boolean {
		const matches = (fault.method === null || fault.method === method) && fault.path.test(path) && fault.queryPattern.test(query);
		if (!matches || remaining(fault) === 0) return false;
		if (fault.passed < (fault.after ?? 0)) {
			fault.passed += 1;
			return false;
		}
		return fault.probability === undefined || this.random() < fault.probability;
	}

	clear(id?: number): void {
		this.armed = id === undefined ? [] : this.armed.filter((fault) => fault.id !== id);
	}

	resetCounts(): void {
		this.fired.clear();
	}

	list(): { faults: Record<string, unknown>[]; fired: Record<string, number>; remaining: Record<string, number | null> } {
		const faults = this.armed.map((fault) => ({
			id: fault.id, kind: fault.kind, route: fault.route ?? '', params: fault.params ?? {}, fired: fault.fired, remaining: remaining(fault),
		}));
		const left: Record<string, number | null> = {};
		for (const fault of faults) left[fault.kind] = fault.remaining === null || left[fault.kind] === null ? null : (left[fault.kind] ?? 0) + fault.remaining;
		return { faults, fired: Object.fromEntries(this.fired), remaining: left };
	}
}

/** How many requests the fault will still hit; null for no end. */
function remaining(fault: ArmedFault): number | null {
	const count = fault.count ?? 1;
	return count === 0 ? null : Math.max(0, count - fault.fired);
}

/** How a hit changes the rows of a list, for the kinds that do. */
export function distortionOf(hit: Hit | undefined, page: number): Distortion | undefined {
	if (!hit) return undefined;
	const by = Number(hit.params.by ?? 1);
	switch (hit.kind) {
		case 'totalTooLarge': return { extraTotal: Number(hit.params.extra ?? 5) };
		case 'emptyList': return { empty: true, keepTotal: hit.params.keepTotal === true };
		case 'rotateRows': return { rotate: by * hit.turn };
		case 'shiftRows': return { dropFirst: page > 1 ? by : 0, keepTotal: hit.params.keepTotal === true };
		case 'dropRows': return { drop: addresses(hit.params.emails), keepTotal: hit.params.keepTotal !== false };
		default: return undefined;
	}
}

function addresses(value: unknown): Set<string> {
	return new Set(Array.isArray(value) ? value.map((email) => String(email).toLowerCase()) : []);
}

/** A fault as sent to the control API. */
export function readFault(value: unknown): FaultSpec {
	const { kind, route, query, count, after, probability, params, ...others } = asRecord(value);
	const number = (entry: unknown) => (typeof entry === 'number' ? entry : undefined);
	const spec: FaultSpec = { kind: String(kind) as FaultKind, params: { ...others, ...asRecord(params) } };
	const optional = { route: text(route), query: text(query), count: number(count), after: number(after), probability: number(probability) };
	return Object.assign(spec, Object.fromEntries(Object.entries(optional).filter(([, entry]) => entry !== undefined)));
}
