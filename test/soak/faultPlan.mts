// Which request meets which fault: pure, from the seed.
import { Chance } from './random.mts';

/** Faults of single requests. */
export const REQUEST_FAULTS = [
	'429 without Retry-After', '429, seconds', '429, HTTP date', '429, absurd value', '500', '502 in HTML', '503', 'reset before the answer',
	'reset mid-body', 'truncated JSON', 'wrong shape', 'error in 200', 'empty 200 list', 'answer after 40 s', 'total that lies',
	'rows that move', 'rows dropped', 'token expired mid-list', 'refresh answered 500', 'slow refresh', 'write applied, then failed',
	'gateway gave up, write arrives later', 'fields left out',
] as const;
/** Faults of the sandbox itself, at planned times. */
export const WORLD_FAULTS = ['connection refused', 'clock jump', 'two writers', 'business refused'] as const;
export const FAULTS = [...REQUEST_FAULTS, ...WORLD_FAULTS] as const;
export type RequestFault = (typeof REQUEST_FAULTS)[number];
export type Fault = (typeof FAULTS)[number];

/** The purpose of a request. */
export type Purpose = 'me' | 'people' | 'invitations' | 'lookUp' | 'staff' | 'refresh' | 'invite' | 'changeRole' | 'remove' | 'revoke';

/** Whose credential sends it: a trigger's own, one for reading actions, one for writing actions. */
export type CallerKind = 'trigger' | 'reader' | 'writer';

/** A request as the faults see it. `list` names the list, the same for all its pages. */
export interface Addressed {
	readonly purpose: Purpose;
	readonly businessId: number | undefined;
}

const PATHS: ReadonlyArray<readonly [string, RegExp, Purpose]> = [
	['POST', /\/oauth\/token$/, 'refresh'],
	['GET', /\/users\/me$/, 'me'],
	['GET', /\/businesses\/(\d+)\/team_members$/, 'people'],
	['GET', /\/businesses\/(\d+)\/team_members\/[^/]+$/, 'lookUp'],
	['GET', /\/business\/(\d+)\/members$/, 'people'],
	['GET', /\/business\/(\d+)\/invitations$/, 'invitations'],
	['POST', /\/business\/(\d+)\/invitations$/, 'invite'],
	['POST', /\/users\/invitation$/, 'invite'],
	['DELETE', /\/business\/(\d+)\/invitations\/\d+$/, 'revoke'],
	['PUT', /\/business\/(\d+)\/members\/\d+$/, 'changeRole'],
	['DELETE', /\/business\/(\d+)\/members\/\d+$/, 'remove'],
	['GET', /\/users\/staffs/, 'staff'],
];

/** The purpose of a request; undefined if no fault is planned for it. */
export function addressedBy(method: string, path: string): Addressed | undefined {
	for (const [wanted, pattern, purpose] of PATHS) {
		const found = method === wanted ? pattern.exec(path) : null;
		if (found) return { purpose, businessId: found[1] === undefined ? undefined : Number(found[1]) };
	}
	return undefined;
}

const THROTTLED: readonly RequestFault[] = ['429 without Retry-After', '429, seconds', '429, HTTP date', '429, absurd value'];
const BROKEN: readonly RequestFault[] = ['500', '502 in HTML', '503', 'reset before the answer', 'reset mid-body', 'truncated JSON'];
const MISSHAPEN: readonly RequestFault[] = ['wrong shape', 'error in 200'];
const FALSE_LISTS: readonly RequestFault[] = ['empty 200 list', 'total that lies', 'rows that move', 'rows dropped'];
const WRITES: readonly RequestFault[] = ['500', '503', 'reset before the answer', 'error in 200', 'write applied, then failed', 'write applied, then failed'];

/** Faults that take long, or slow down all requests of the credential, are rarer than the others. */
const COPIES = 6;

function cards(common: readonly RequestFault[], rare: readonly RequestFault[]): RequestFault[] {
	return [...Array.from({ length: COPIES }, () => common).flat(), ...rare];
}

const SLOW: readonly RequestFault[] = ['answer after 40 s', ...THROTTLED, ...THROTTLED];
const DECKS: Record<Purpose, readonly RequestFault[]> = {
	me: cards([...BROKEN, ...MISSHAPEN], SLOW),
	people: cards([...BROKEN, ...MISSHAPEN, ...FALSE_LISTS, 'fields left out', 'token expired mid-list'], SLOW),
	invitations: cards([...BROKEN, ...MISSHAPEN, 'empty 200 list', 'rows dropped', 'token expired mid-list'], SLOW),
	lookUp: cards([...BROKEN, ...MISSHAPEN, 'fields left out', 'token expired mid-list'], SLOW),
	staff: cards([...BROKEN, ...MISSHAPEN], SLOW),
	refresh: ['refresh answered 500', 'refresh answered 500', 'slow refresh'],
	// A list of invitations has no total, and a removal no other answer: see docs/reliability.md for what has no false answers here.
	invite: cards([...WRITES, 'gateway gave up, write arrives later', '502 in HTML', 'reset mid-body', 'truncated JSON', 'wrong shape'], THROTTLED),
	changeRole: cards([...WRITES, '502 in HTML', 'reset mid-body', 'truncated JSON'], SLOW),
	remove: cards(WRITES, SLOW),
	revoke: cards(WRITES, SLOW),
};

/**
 * Callers that write decide by one reading: their lists have only false answers that can be detected. This campaign does not
 * test what actions do with rows without a role or a name.
 */
function isFor(kind: CallerKind, purpose: Purpose, fault: RequestFault): boolean {
	if (fault === 'fields left out') return kind === 'trigger';
	return !(kind === 'writer' && purpose === 'invitations' && FALSE_LISTS.includes(fault));
}

/** How many requests in a row have the same rate of faults. */
const SPELL = 12;
const STORMY = 0.6;
const HIT_IN_STORM = 0.42;
/** There are few writes, and they can fail in the most ways. */
const WRITE_HIT_IN_STORM = 0.7;
const REFRESH_HIT = 0.35;
const WRITING: ReadonlySet<Purpose> = new Set(['invite', 'changeRole', 'remove', 'revoke']);

/**
 * The faults of one caller's requests of one kind, in their order; undefined: none. The rate changes every few requests, so that
 * some polls have no fault. Faults are drawn like cards of a deck, so that each of them comes often.
 */
export class FaultStream {
	readonly #chance: Chance;
	readonly #purpose: Purpose;
	readonly #deck: readonly RequestFault[];
	#left: RequestFault[] = [];
	#count = 0;
	#stormy = false;

	constructor(seed: number, caller: string, kind: CallerKind, purpose: Purpose) {
		this.#chance = new Chance(seed, `faults ${caller} ${purpose}`);
		this.#purpose = purpose;
		this.#deck = DECKS[purpose].filter((fault) => isFor(kind, purpose, fault));
	}

	next(): RequestFault | undefined {
		if (this.#count++ % SPELL === 0) this.#stormy = this.#chance.happens(STORMY);
		if (!this.#chance.happens(this.#probability())) return undefined;
		if (this.#left.length === 0) this.#left = this.#chance.shuffled(this.#deck);
		return this.#left.pop();
	}

	#probability(): number {
		if (this.#purpose === 'refresh') return REFRESH_HIT;
		if (!this.#stormy) return 0;
		return WRITING.has(this.#purpose) ? WRITE_HIT_IN_STORM : HIT_IN_STORM;
	}
}
