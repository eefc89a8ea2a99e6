// What each poll of a trigger read, by the sandbox's log of requests.
import type { RequestEntry } from '../../../sandbox/freshbooks/requestLog.mts';
import { addressedBy } from '../faultPlan.mts';

/** How one poll read one business. */
export interface Reading {
	readonly from: number;
	readonly to: number;
	/** Every request about it got a correct and true answer. */
	readonly clean: boolean;
	/** The people were read in more than one page. */
	readonly paged: boolean;
	/** FreshBooks answered 403 to every request for its people, and nothing else was wrong with the answers. */
	readonly refused: boolean;
	/** An answer about its people left roles, names and dates out. */
	readonly leftOut: boolean;
	/** People whom it asked for by ID, and the last answer was neither 404 nor 410. */
	readonly undecided: ReadonlySet<string>;
}

/** One poll of a trigger that requested at least the businesses. */
export interface Poll {
	readonly startedAt: number;
	/** When the next one began; Infinity for the last. */
	readonly overBy: number;
	readonly readings: ReadonlyMap<number, Reading>;
}

/** The parts of a request that are kept. */
export type Request = Pick<RequestEntry, 'method' | 'path' | 'query' | 'status' | 'ms' | 'machineAt' | 'fault' | 'grant'>;

/** The statuses that mean that a person is gone. */
const GONE: ReadonlySet<number | null> = new Set([404, 410]);

function isTrue({ status, fault }: Request, isLookUp: boolean): boolean {
	return fault === null && (status === 200 || (isLookUp && GONE.has(status)));
}

class OpenReading {
	from = Infinity;
	to = -Infinity;
	isTrue = true;
	people = 0;
	refusals = 0;
	invitations = 0;
	leftOut = false;
	readonly undecided = new Set<string>();

	note(request: Request, purpose: string): void {
		this.from = Math.min(this.from, request.machineAt);
		this.to = Math.max(this.to, request.machineAt + (request.ms ?? Infinity));
		this.isTrue &&= isTrue(request, purpose === 'lookUp');
		this.leftOut ||= request.fault === 'fieldsLeftOut';
		if (purpose === 'people') this.people += 1;
		if (purpose === 'people' && request.fault === null && request.status === 403) this.refusals += 1;
		if (purpose === 'lookUp') this.#noteLookUp(request);
		if (purpose === 'invitations') this.invitations += 1;
	}

	reading(watchesInvitations: boolean): Reading {
		const wasRead = this.people > 0 && (!watchesInvitations || this.invitations > 0);
		const refused = this.people > 0 && this.refusals === this.people;
		return { from: this.from, to: this.to, clean: this.isTrue && wasRead, paged: this.people > 1, refused, leftOut: this.leftOut, undecided: this.undecided };
	}

	#noteLookUp({ path, status }: Request): void {
		const id = path.slice(path.lastIndexOf('/') + 1);
		if (GONE.has(status)) this.undecided.delete(id);
		else this.undecided.add(id);
	}
}

/**
 * The polls of one trigger, from its requests, in order. A poll begins with the request for the connected user, and a trigger's
 * polls do not overlap, so all requests up to the next such request belong to the poll.
 */
export function pollsOf(requests: readonly Request[], watchesInvitations: boolean): Poll[] {
	const polls: Poll[] = [];
	let startedAt = -Infinity;
	let open = new Map<number, OpenReading>();
	const close = (overBy: number): void => {
		const readings = new Map([...open].map(([businessId, reading]) => [businessId, reading.reading(watchesInvitations)]));
		if (readings.size > 0) polls.push({ startedAt, overBy, readings });
		open = new Map();
	};
	for (const request of requests) {
		const { purpose, businessId } = addressedBy(request.method, request.path) ?? {};
		if (purpose === 'me') {
			close(request.machineAt);
			startedAt = request.machineAt;
		} else if (businessId !== undefined && purpose !== undefined) {
			const reading = open.get(businessId) ?? new OpenReading();
			open.set(businessId, reading);
			reading.note(request, purpose);
		}
	}
	close(Infinity);
	return polls;
}
