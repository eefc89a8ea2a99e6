import { getMe, type Me } from '../api/me';
import { readWholeList, type ListRequest } from '../api/lists';
import type { TeamMember } from '../api/teamMembers';
import type { FreshBooksClient } from '../client/client';
import { addressKey } from '../client/identifiers';
import { ALL_LISTS, listsOf, nothingAnswered, readBusinessLists, readTeamMembers, type Answered, type BusinessLists, type ReadList, type UsedLists } from './businessLists';
import { KeyedQueue } from './keyedQueue';
import { personOf, type Person } from './presence';
import { Writes } from './writes';

const ignored = (): void => undefined;

function keyOf(businessId: number, { withInvitations, withMembers }: UsedLists): string {
	return `${businessId} ${withInvitations} ${withMembers}`;
}

/** What one execution of the node shares between its items: the client, the token owner, the lists read so far, and what was changed. */
export class Session {
	readonly writes = new Writes();

	private me: Promise<Me> | undefined;

	/** The latest reading of each business. */
	private readonly latest = new Map<string, Promise<BusinessLists>>();

	/** Readings that begin when the latest one has ended. */
	private readonly next = new Map<string, Promise<BusinessLists>>();

	private readonly published = new Map<number, Promise<ReadList<TeamMember>>>();

	/** Identities that were seen beside an address. */
	private readonly identities = new Map<string, Set<number>>();

	private readonly answered = new Map<number, Answered>();

	private readonly remarked = new Set<string>();

	private readonly queue = new KeyedQueue();

	constructor(
		readonly client: FreshBooksClient,
		/** Shows the user a remark beside the output, and writes it to n8n's log. */
		readonly remark: (message: string) => void,
	) {}

	/** The token owner; asked once per execution, and again only after no answer came. Throws FreshBooksError. */
	async getMe(): Promise<Me> {
		const me = (this.me ??= getMe(this.client));
		me.catch(() => {
			if (this.me === me) this.me = undefined;
		});
		return await me;
	}

	/** Forgets the token owner after their profile was changed. */
	forgetMe(): void {
		this.me = undefined;
	}

	/** A whole list, or its first rows; a remark where it ended before the limit and may lack a row. Throws FreshBooksError. */
	async readRows<Row>(request: ListRequest<Row>, limit: number): Promise<Row[]> {
		return await readWholeList(this.client, request, this.remark, limit);
	}

	/**
	 * The lists of a business as they were last read, with what this execution changed since. Lists that could not be read
	 * are asked for again.
	 */
	async lists(businessId: number, used = ALL_LISTS): Promise<BusinessLists> {
		const known = await this.latest.get(keyOf(businessId, used))?.catch(ignored);
		const isUsable = known !== undefined && listsOf(known).every(([, { state }]) => state !== 'unread');
		return this.writes.appliedTo(businessId, isUsable ? known : await this.listsAgain(businessId, used));
	}

	/**
	 * The lists of a business as FreshBooks gives them, by a reading that begins after this call. Calls that come while one is
	 * under way share the reading after it: each needs rows newer than itself, and no more.
	 */
	async listsAgain(businessId: number, used = ALL_LISTS): Promise<BusinessLists> {
		const key = keyOf(businessId, used);
		const waiting = this.next.get(key);
		if (waiting) return await waiting;
		const current = this.latest.get(key) ?? Promise.resolve();
		const next = current.then(ignored, ignored).then(async () => {
			this.next.delete(key);
			const reading = this.read(businessId, used);
			this.latest.set(key, reading);
			return await reading;
		});
		this.next.set(key, next);
		return await next;
	}

	/** The published list of a business, read once per execution; again only where it could not be read. Throws FreshBooksError. */
	async teamMembers(businessId: number): Promise<ReadList<TeamMember>> {
		const reading = this.published.get(businessId) ?? readTeamMembers(this.client, businessId);
		this.published.set(businessId, reading);
		reading.catch(() => this.published.delete(businessId));
		return await reading;
	}

	/**
	 * Who is meant by addresses and identities, with the identities that any row read in this execution showed beside these
	 * addresses: a row that is gone by now cannot show them any more.
	 */
	personOf(emails: Array<string | null>, identityIds: Array<number | null>, businesses: BusinessLists[]): Person {
		const seen = emails.flatMap((email) => (email === null ? [] : [...(this.identities.get(addressKey(email)) ?? [])]));
		return personOf(emails, [...identityIds, ...seen], businesses);
	}

	/** Runs `work` after all earlier work with the same key has ended. */
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
