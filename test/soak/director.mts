// Applies the planned faults to each request to the sandbox.
import type { Director, FaultedRequest, Hit } from '../../sandbox/freshbooks/faults.mts';
import { addressedBy, FaultStream, type Addressed, type CallerKind, type RequestFault } from './faultPlan.mts';
import { Chance } from './random.mts';

/** A caller with a credential. */
export interface Caller {
	readonly name: string;
	readonly kind: CallerKind;
}

/** An answer to a caller that was neither an error nor true. */
export interface FalseAnswer {
	readonly at: number;
	readonly grant: number;
	readonly businessId: number;
	readonly fault: RequestFault;
}

/** So many requests in a row lack the same person, where the total shows it. */
const DROPS_IN_A_ROW = 4;
const ABSURD = ['31536000', '99999999999999999999', '-5', 'soon', '1e3', '0', 'Thu, 01 Jan 1970 00:00:00 GMT', '2, 3'];
const WRONG_SHAPES: readonly unknown[] = [{ response: 'ok' }, { response: {} }, { response: [{}] }, { response: [1, null] }, { unexpected: true }, [], 'ok', 42, null];

interface Drop {
	readonly email: string;
	left: number;
}

/**
 * Decides for each request. A caller gets a false answer that it cannot detect only once: the next complete answer of that
 * list is true, since no reader could distinguish the same false answer, given twice, from the truth.
 */
export class FaultDirector {
	readonly fired = new Map<RequestFault, number>();
	readonly falseAnswers: FalseAnswer[] = [];
	active = false;
	readonly #seed: number;
	readonly #callers: ReadonlyMap<number, Caller>;
	readonly #addresses: (businessId: number, purpose: Addressed['purpose']) => readonly string[];
	readonly #streams = new Map<string, FaultStream>();
	readonly #chances = new Map<string, Chance>();
	readonly #wasAnsweredTruly: (request: FaultedRequest, since: number) => boolean;
	/** When each list last had such a false answer. */
	readonly #misledAt = new Map<string, number>();
	readonly #drops = new Map<string, Drop>();

	/**
	 * @param addresses of the people (or of the pending invitations) of a business
	 * @param wasAnsweredTruly whether such a request got a true answer since a time: a request without a fault may still have ended in a 401
	 */
	constructor(
		seed: number,
		callers: ReadonlyMap<number, Caller>,
		addresses: (businessId: number, purpose: Addressed['purpose']) => readonly string[],
		wasAnsweredTruly: (request: FaultedRequest, since: number) => boolean,
	) {
		this.#wasAnsweredTruly = wasAnsweredTruly;
		this.#seed = seed;
		this.#callers = callers;
		this.#addresses = addresses;
	}

	/** For `Faults.director`. */
	readonly direct: Director = (request) => {
		const caller = this.#callers.get(request.grant ?? -1);
		const addressed = addressedBy(request.method, request.path);
		if (!this.active || !caller || !addressed) return undefined;
		return this.#decide(request, caller, addressed);
	};

	#decide(request: FaultedRequest, caller: Caller, addressed: Addressed): Hit | undefined {
		const list = `${caller.name} ${request.path}`;
		const dropped = this.#dropAgain(list);
		if (dropped) return this.#falseAnswer(request, addressed, 'rows dropped', dropped);
		const key = `${caller.name} ${addressed.purpose}`;
		const stream = this.#streams.get(key) ?? new FaultStream(this.#seed, caller.name, caller.kind, addressed.purpose);
		this.#streams.set(key, stream);
		const fault = stream.next();
		return fault && this.#hitOf(fault, request, caller, addressed, list);
	}

	#count(fault: RequestFault): void {
		this.fired.set(fault, (this.fired.get(fault) ?? 0) + 1);
	}

	#chance(caller: Caller): Chance {
		const chance = this.#chances.get(caller.name) ?? new Chance(this.#seed, `details ${caller.name}`);
		this.#chances.set(caller.name, chance);
		return chance;
	}

	#hitOf(fault: RequestFault, request: FaultedRequest, caller: Caller, addressed: Addressed, list: string): Hit | undefined {
		const chance = this.#chance(caller);
		const isList = addressed.purpose === 'people' || addressed.purpose === 'invitations';
		if (isList && (fault === 'empty 200 list' || fault === 'rows dropped')) return this.#hide(fault, request, caller, addressed, list);
		const hit = hitFor(fault, chance);
		if (fault === 'total that lies' || fault === 'rows that move') return this.#falseAnswer(request, addressed, fault, hit);
		this.#count(fault);
		return hit;
	}

	/** Hides rows, with a total that shows it or without. */
	#hide(fault: RequestFault, request: FaultedRequest, caller: Caller, addressed: Addressed, list: string): Hit | undefined {
		const chance = this.#chance(caller);
		const { businessId = 0, purpose } = addressed;
		const shows = purpose === 'people' && (caller.kind === 'writer' || chance.happens(0.5));
		const misledAt = this.#misledAt.get(list);
		if (!shows && misledAt !== undefined && !this.#wasAnsweredTruly(request, misledAt)) return undefined;
		const addresses = this.#addresses(businessId, purpose);
		if (addresses.length === 0) return undefined;
		if (!shows) this.#misledAt.set(list, Date.now());
		if (fault === 'empty 200 list') return this.#falseAnswer(request, addressed, fault, { kind: 'emptyList', params: { keepTotal: shows }, turn: 0 });
		const email = chance.of(addresses);
		if (shows) this.#drops.set(list, { email, left: DROPS_IN_A_ROW - 1 });
		return this.#falseAnswer(request, addressed, fault, dropOf(email, shows));
	}

	#dropAgain(list: string): Hit | undefined {
		const drop = this.#drops.get(list);
		if (!drop) return undefined;
		drop.left -= 1;
		if (drop.left === 0) this.#drops.delete(list);
		return dropOf(drop.email, true);
	}

	#falseAnswer({ grant }: FaultedRequest, { businessId }: Addressed, fault: RequestFault, hit: Hit): Hit {
		this.#count(fault);
		if (grant !== null && businessId !== undefined) this.falseAnswers.push({ at: Date.now(), grant, businessId, fault });
		return hit;
	}
}

function dropOf(email: string, keepTotal: boolean): Hit {
	return { kind: 'dropRows', params: { emails: [email], keepTotal }, turn: 0 };
}

/** The hit of a fault that does not depend on people. */
function hitFor(fault: RequestFault, chance: Chance): Hit {
	const hit = (kind: Hit['kind'], params: Hit['params'] = {}, turn = 0): Hit => ({ kind, params, turn });
	switch (fault) {
		case '429 without Retry-After': return hit('rateLimited');
		case '429, seconds': return hit('rateLimited', { retryAfter: 1 });
		case '429, HTTP date': return hit('rateLimited', { retryAfterDate: 1 });
		case '429, absurd value': return hit('rateLimited', { retryAfter: chance.of(ABSURD) });
		case '500': return hit('status', { status: 500 });
		case '502 in HTML': return hit('html502');
		case '503': return hit('status', { status: 503, body: 'Service Unavailable' });
		case 'reset before the answer': return hit('resetBefore');
		case 'reset mid-body': return hit('resetMidBody');
		case 'truncated JSON': return hit('truncatedJson');
		case 'wrong shape': return hit('wrongShape', { body: chance.of(WRONG_SHAPES) });
		case 'error in 200': return hit('errorIn200');
		case 'answer after 40 s': return hit('delay', { ms: 40_000 });
		case 'total that lies': return hit('totalTooLarge', { extra: chance.of([5, 1, -1, -40]) });
		case 'rows that move': return chance.happens(0.5) ? hit('rotateRows', { by: chance.of([1, -1]) }, 1) : hit('shiftRows', { keepTotal: chance.happens(0.5) });
		case 'token expired mid-list': return hit('expireToken');
		case 'refresh answered 500': return hit('status', { status: 500 });
		case 'slow refresh': return hit('delay', { ms: chance.between(2_000, 6_000) });
		case 'gateway gave up, write arrives later': return hit('lateArrival', { status: chance.of([520, 524, 503]), arrivesAfterMs: 2_500 });
		case 'write applied, then failed': return hit('applyThenFail', chance.of([{ with: 'reset' }, { with: 'cut' }, { status: 500 }, { status: 502 }]));
		case 'fields left out': return hit('fieldsLeftOut');
		case 'empty 200 list':
		case 'rows dropped': return hit('status', { status: 500 });
	}
}
