import { isJsonObject } from '../FreshBooks/client/errors';
import { addressKey, checkEmail } from '../FreshBooks/client/identifiers';
import { numberOrNull } from '../FreshBooks/client/json';
import { isAssigned, valueOf, type Attributes } from './protocol/names';

/**
 * What an identity provider said of people, and FreshBooks has no place for. It may be lost at any time: nothing about access
 * depends on it. n8n saves a trigger's static data after the answer, and two requests at once overwrite each other's, so each
 * process keeps its own copy and adds what others saved.
 */

export interface Remembered {
	/** The address as first seen: what the ID stands for. */
	email: string;
	/** In the RFC's form. */
	attributes: Attributes;
	/** FreshBooks' identity, by which somebody is found who changed their address there. */
	identityId: number | null;
	/** The provider deleted the user: nobody has the ID until they are created again. */
	isDeleted: boolean;
	/** When access was last given or seen, epoch milliseconds; null where this service saw its end, or never saw it. */
	inAt: number | null;
	/** When this service took a member's access away; epoch milliseconds. */
	removedAt: number | null;
	/** Epoch milliseconds. */
	changedAt: number;
}

/** Characters of JSON, about as many bytes in n8n's database. */
const MOST_FOR_A_PERSON = 4_096;
const MOST_FOR_ALL = 2_000_000;

/** Of somebody with too many attributes these are kept: a provider finds its users by them. */
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
	/** By address key, the longest unchanged first. */
	private readonly people = new Map<string, Remembered>();

	/** Written once for each change: a text for all is made with every write of a provider. */
	private readonly texts = new WeakMap<Remembered, string>();

	private limitReportedAt: number | null = null;

	private lastRead: unknown;

	/** @param businessId whose people these are: what was saved for another business is passed over */
	constructor(private readonly businessId: number) {}

	/** Adds what another process, or this one before a restart, saved. Anything but a saved text adds nothing. */
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

	/** The text to save: the latest changes, as far as there is room. */
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

	/** Changes what is known of an address; the first address that was seen stays. `now` in epoch milliseconds. */
	remember(email: string, change: Partial<Omit<Remembered, 'email' | 'changedAt'>>, now: number): void {
		const before = this.of(email) ?? { email, attributes: {}, identityId: null, isDeleted: false, inAt: null, removedAt: null, changedAt: now };
		const after = { ...before, ...change, changedAt: now };
		this.put({ ...after, attributes: bounded(after.attributes) });
	}

	/** Notes whose identities the lists show, without which nobody is found again who changes their address in FreshBooks. */
	noteIdentities(entries: ReadonlyArray<{ email: string; identityId?: number | null }>): void {
		for (const { email, identityId = null } of entries) {
			const known = this.of(email);
			if (known && !known.isDeleted && identityId !== null && known.identityId !== identityId) this.people.set(addressKey(email), { ...known, identityId });
		}
	}

	/** How many members lost their access after `since`, without the one with this address. */
	removedSince(since: number, except: string): number {
		const key = addressKey(except);
		return this.all().filter(({ email, removedAt }) => removedAt !== null && removedAt > since && addressKey(email) !== key).length;
	}

	/** When the first of those who were removed after `since` was; undefined for none. */
	firstRemovedSince(since: number): number | undefined {
		const times = this.all().flatMap(({ removedAt }) => (removedAt !== null && removedAt > since ? [removedAt] : []));
		return times.length === 0 ? undefined : Math.min(...times);
	}

	/** Whether the workflow is to hear that the limit was reached: once in `interval` milliseconds. */
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
