import { getMe, type Me } from '../api/me';
import { readCompleteList, type ListRequest } from '../api/lists';
import type { TeamMember } from '../api/teamMembers';
import type { FreshBooksClient } from '../client/client';
import { addressKey } from '../client/identifiers';
import { ALL_LISTS, listsOf, nothingAnswered, readBusinessLists, readTeamMembers, type Answered, type BusinessLists, type ReadList, type UsedLists } from './businessLists';
import { KeyedQueue } from './keyedQueue';
import { personOf, type Person } from './presence';
import { Writes } from './writes';

const noop = (): void => undefined;

function keyOf(businessId: number, { withInvitations, withMembers }: UsedLists): string {
	return `${businessId} ${withInvitations} ${withMembers}`;
}

/** State that all items of one execution share: the client, the connected user, the lists read so far and the changes made. */
export class Session {
	readonly writes = new Writes();

	private me: Promise<Me> | undefined;

	/** The latest reading of each business. */
	private readonly latest = new Map<string, Promise<BusinessLists>>();

	/** Readings that start after the latest one ends. */
	private readonly next = new Map<string, Promise<BusinessLists>>();

	private readonly published = new Map<number, Promise<ReadList<TeamMember>>>();

	/** The identities that any row showed for an address. */
	private readonly identities = new Map<string, Set<number>>();

	private readonly answered = new Map<number, Answered>();

	private readonly remarked = new Set<string>();

	private readonly queue = new KeyedQueue();

	constructor(
		readonly client: FreshBooksClient,
		/** Shows a remark with the output, and writes it to n8n's log. */
		readonly remark: (message: string) => void,
	) {}

	/** The connected user. Read once per execution, and again after a failure. Throws FreshBooksError. */
	async getMe(): Promise<Me> {
		const me = (this.me ??= getMe(this.client));
		me.catch(() => {
			if (this.me === me) this.me = undefined;
		});
		return await me;
	}

	/** Forgets the connected user after a change of their profile. */
	forgetMe(): void {
		this.me = undefined;
	}

	/** Reads a complete list, or its first `limit` rows. Shows a remark if a row may be missing. Throws FreshBooksError. */
	async readRows<Row>(request: ListRequest<Row>, limit: number): Promise<Row[]> {
		return await readCompleteList(this.client, request, this.remark, limit);
	}

	/**
	 * The lists of a business as last read, with the changes that this execution made since. Reads them again if one could not be
	 * read.
	 */
	async lists(businessId: number, used = ALL_LISTS): Promise<BusinessLists> {
		const known = await this.latest.get(keyOf(businessId, used))?.catch(noop);
		const isUsable = known !== undefined && listsOf(known).every(([, { state }]) => state !== 'unread');
		return this.writes.appliedTo(businessId, isUsable ? known : await this.listsAgain(businessId, used));
	}

	/**
	 * The lists of a business, unchanged, from a reading that starts after this call. Calls during a reading share the next one: each
	 * needs a reading that started after it.
	 */
	async listsAgain(businessId: number, used = ALL_LISTS): Promise<BusinessLists> {
		const key = keyOf(businessId, used);
		const waiting = this.next.get(key);
		if (waiting) return await waiting;
		const current = this.latest.get(key) ?? Promise.resolve();
		const next = current.then(noop, noop).then(async () => {
			this.next.delete(key);
			const reading = this.read(businessId, used);
			this.latest.set(key, reading);
			return await reading;
		});
		this.next.set(key, next);
		return await next;
	}

	/** The published list of a business. Read once per execution, and again after a failure. Throws FreshBooksError. */
	async teamMembers(businessId: number): Promise<ReadList<TeamMember>> {
		const reading = this.published.get(businessId) ?? readTeamMembers(this.client, businessId);
		this.published.set(businessId, reading);
		reading.catch(() => this.published.delete(businessId));
		return await reading;
	}

	/**
	 * Identifies the person with these addresses and identities. Also uses the identities that earlier readings of this execution
	 * showed for these addresses, because a removed row no longer shows them.
	 */
	personOf(emails: Array<string | null>, identityIds: Array<number | null>, businesses: BusinessLists[]): Person {
		const seen = emails.flatMap((email) => (email === null ? [] : [...(this.identities.get(addressKey(email)) ?? [])]));
		return personOf(emails, [...identityIds, ...seen], businesses);
	}

	/** Runs `work` after all earlier work with the same key. */
	async inTurn<Result>(key: string, work: () => Promise<Result>): Promise<Result> {
		return await this.queue.run(key, work);
	}

	private notePerson({ email, identityId }: Pick<TeamMember, 'email' | 'identityId'>): void {
		if (email === null || identityId === null) return;
		const known = this.identities.get(addressKey(email));
		if (known) known.add(identityId);
		else this.identities.set(addressKey(email), new Set([identityId]));
	}

	private async read(businessId: number, used: UsedLists): Promise<BusinessLists> {
		const answered = this.answered.get(businessId) ?? nothingAnswered();
		this.answered.set(businessId, answered);
		const lists = await readBusinessLists(this.client, businessId, used, answered, (row) => this.notePerson(row));
		for (const [, { state, reason }] of listsOf(lists)) {
			if (state === 'doubtful' && reason !== undefined && !this.remarked.has(reason)) {
				this.remarked.add(reason);
				this.remark(reason);
			}
		}
		return lists;
	}
}
