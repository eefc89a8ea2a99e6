import { isJsonObject } from '../FreshBooks/client/errors';
import { addressKey, checkEmail } from '../FreshBooks/client/identifiers';
import { numberOrNull } from '../FreshBooks/client/json';
import { isAssigned, valueOf, type Attributes } from './protocol/names';

/**
 * What an identity provider sent about people, and FreshBooks cannot store. It may be lost at any time: no one's access depends
 * on it. n8n saves a trigger's static data after the answer, and two concurrent requests overwrite each other's. So each
 * process keeps its own copy and adds what others saved.
 */

export interface Remembered {
	/** The address as first sent or listed: the ID encodes it. */
	email: string;
	/** In the RFC's form. */
	attributes: Attributes;
	/** FreshBooks' identity, which finds a person who changed their address there. */
	identityId: number | null;
	/** The provider deleted the user: no user has the ID until it is created again. */
	isDeleted: boolean;
	/** When access was last given or listed, epoch milliseconds; null where this service ended it, or never found it. */
	inAt: number | null;
	/** When this service removed a team member's access; epoch milliseconds. */
	removedAt: number | null;
	/** Epoch milliseconds. */
	changedAt: number;
}

/** Characters of JSON, about as many bytes in n8n's database. */
const MOST_FOR_A_PERSON = 4_096;
const MOST_FOR_ALL = 2_000_000;

/** For a user with too many attributes, only these are kept: a provider finds its users by them. */
const ESSENTIAL = ['userName', 'externalId', 'roles', 'name', 'emails'];

function bounded(attributes: Attributes): Attributes {
	if (JSON.stringify(attributes).length <= MOST_FOR_A_PERSON) return attributes;
	return ESSENTIAL.reduce<Attributes>((kept, name) => {
		const value = valueOf(attributes, name);
		const more = isAssigned(value) ? { ...kept, [name]: value } : kept;
		return JSON.stringify(more).length <= MOST_FOR_A_PERSON ? more : kept;
	}, {});
}

function rememberedFrom(stored: unknown): Remembered | undefined {
	if (!isJsonObject(stored) || !isJsonObject(stored.attributes)) return undefined;
	const email = checkEmail(stored.email);
	if (!email.ok) return undefined;
	return {
		email: email.value,
		attributes: stored.attributes,
		identityId: numberOrNull(stored.identityId),
		isDeleted: stored.isDeleted === true,
		inAt: numberOrNull(stored.inAt),
		removedAt: numberOrNull(stored.removedAt),
		changedAt: numberOrNull(stored.changedAt) ?? 0,
	};
}

function parsed(text: unknown): Record<string, unknown> {
	if (typeof text !== 'string') return {};
	try {
		const stored: unknown = JSON.parse(text);
		return isJsonObject(stored) ? stored : {};
	} catch {
		return {};
	}
}

/** The people of one business whom one trigger remembers. */
export class PeopleMemory {
	/** By address key; the least recently changed comes first. */
	private readonly people = new Map<string, Remembered>();

	/** The JSON of each person, cached: every write of a provider saves the JSON of all. */
	private readonly texts = new WeakMap<Remembered, string>();

	private limitReportedAt: number | null = null;

	private lastRead: unknown;

	/** @param businessId the business of these people; what was saved for another one is ignored */
	constructor(private readonly businessId: number) {}

	/** Adds what another process saved, or this one before a restart. A value that is not a saved text adds nothing. */
	read(text: unknown): void {
		if (text === this.lastRead) return;
		this.lastRead = text;
		const { businessId, people, limitReportedAt } = parsed(text);
		if (businessId !== this.businessId || !Array.isArray(people)) return;
		this.limitReportedAt = Math.max(this.limitReportedAt ?? 0, numberOrNull(limitReportedAt) ?? 0) || null;
		for (const one of people.map(rememberedFrom)) {
			if (one && one.changedAt > (this.of(one.email)?.changedAt ?? -1)) this.put(one);
		}
	}

	/** The text to save: the latest changes, up to the limit of size. */
	text(): string {
		const kept: string[] = [];
		let room = MOST_FOR_ALL;
		for (const one of this.all().toReversed()) {
			const text = this.textOf(one);
			room -= text.length;
			if (room < 0) this.people.delete(addressKey(one.email));
			else kept.push(text);
		}
		const text = `{"businessId":${this.businessId},"limitReportedAt":${this.limitReportedAt},"people":[${kept.toReversed().join(',')}]}`;
		this.lastRead = text;
		return text;
	}

	private textOf(one: Remembered): string {
		const text = this.texts.get(one) ?? JSON.stringify(one);
		this.texts.set(one, text);
		return text;
	}

	of(email: string): Remembered | undefined {
		return this.people.get(addressKey(email));
	}

	all(): readonly Remembered[] {
		return [...this.people.values()];
	}

	/** Changes what is remembered of an address. The spelling that came first stays. `now` in epoch milliseconds. */
	remember(email: string, change: Partial<Omit<Remembered, 'email' | 'changedAt'>>, now: number): void {
		const before = this.of(email) ?? { email, attributes: {}, identityId: null, isDeleted: false, inAt: null, removedAt: null, changedAt: now };
		const after = { ...before, ...change, changedAt: now };
		this.put({ ...after, attributes: bounded(after.attributes) });
	}

	/** Stores the identities that the lists show. Without them a person who changes their address in FreshBooks is not found. */
	rememberIdentities(entries: ReadonlyArray<{ email: string; identityId?: number | null }>): void {
		for (const { email, identityId = null } of entries) {
			const known = this.of(email);
			if (known && !known.isDeleted && identityId !== null && known.identityId !== identityId) this.people.set(addressKey(email), { ...known, identityId });
		}
	}

	/** How many team members lost their access after `since`, not counting the one with this address. */
	removedSince(since: number, except: string): number {
		const key = addressKey(except);
		return this.all().filter(({ email, removedAt }) => removedAt !== null && removedAt > since && addressKey(email) !== key).length;
	}

	/** When the first removal after `since` was; undefined for none. */
	firstRemovedSince(since: number): number | undefined {
		const times = this.all().flatMap(({ removedAt }) => (removedAt !== null && removedAt > since ? [removedAt] : []));
		return times.length === 0 ? undefined : Math.min(...times);
	}

	/** Whether to emit an item about the reached limit: at most one in `interval` milliseconds. */
	isLimitReportDue(now: number, interval: number): boolean {
		if (this.limitReportedAt !== null && now >= this.limitReportedAt && now - this.limitReportedAt < interval) return false;
		this.limitReportedAt = now;
		return true;
	}

	private put(one: Remembered): void {
		const key = addressKey(one.email);
		this.people.delete(key);
		this.people.set(key, one);
	}
}
