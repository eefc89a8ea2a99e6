import { emailOf, type Ended, type ItemPlan } from './context';
import type { List } from './plan';
import type { Row, Sent, Shown, World } from './world';

/** Interprets the requests of one execution for the rules about people. */

export interface Violation {
	check: string;
	sentence: string;
}

/** Letters that Unicode's NFC replaces by other letters: the Kelvin, Ångström and Ohm signs. */
const SIGNS = /([\u2126\u212a\u212b])/;

/** The form of addresses for comparison: NFC, and lower case if its upper case is the same letter. */
export function keyOf(address: string | null): string {
	const composed = (address ?? '').trim().split(SIGNS).map((part) => (SIGNS.test(part) ? part : part.normalize('NFC'))).join('');
	return [...composed].map((letter) => (letter.toLowerCase().toUpperCase() === letter ? letter.toLowerCase() : letter)).join('');
}

/** A list as one execution read it, page by page. */
export interface Reading {
	first: number;
	last: number;
	asOf: number;
	rows: Shown[];
	isWhole: boolean;
}

export const PEOPLE: readonly List[] = ['teamMembers', 'members'];
export const isRefusal = ({ status, authored }: Sent): boolean => authored && status !== null && status >= 400 && status < 500;
export const mayHaveBeenDone = (sent: Sent): boolean => sent.applied || !isRefusal(sent);
export const isClear = ({ status, authored }: Sent): boolean => authored && status !== null && status < 500;

function wholeReadings(sent: Sent[], list: List, business: number): Reading[] {
	const readings: Reading[] = [];
	for (const { method, target, business: place, shown, total, page, index, asOf } of sent) {
		if (method !== 'GET' || target !== list || place !== business || !shown) continue;
		let reading = page === 1 ? undefined : readings.at(-1);
		if (!reading) readings.push((reading = { first: index, last: index, asOf, rows: [], isWhole: false }));
		reading.rows.push(...shown);
		reading.last = index;
		reading.asOf = Math.min(reading.asOf, asOf);
		const count = new Set(reading.rows.map(({ id }) => id)).size;
		reading.isWhole = count >= (total ?? 0) && (list === 'invitations' || count > 0);
	}
	return readings.filter(({ isWhole }) => isWhole);
}

/** Everything about one execution that the checks use. */
export class Judged {
	readonly sent: Sent[];
	readonly writes: Sent[];
	readonly violations: Violation[] = [];
	readonly hasRepeatedPeople: boolean;

	constructor(readonly world: World, readonly run: number, readonly ended: Ended) {
		this.sent = world.sent.filter((sent) => sent.run === run);
		this.writes = this.sent.filter(({ method }) => method !== 'GET');
		this.hasRepeatedPeople = new Set(ended.plan.items.map((item) => keyOf(emailOf(item)))).size < ended.plan.items.length;
	}

	unless(holds: boolean, check: string, sentence: string): void {
		if (!holds) this.violations.push({ check, sentence: `Execution ${this.run} (${this.ended.plan.operation}): ${sentence}` });
	}

	readings(list: List, business: number, until = Infinity): Reading[] {
		return wholeReadings(this.sent, list, business).filter(({ last }) => last < until);
	}

	/** FreshBooks does not offer the list: only 404s, and no successful reading. */
	isNotOffered(list: List, business: number, until = Infinity): boolean {
		const first = this.sent.find((one) => one.method === 'GET' && one.target === list && one.business === business && isClear(one) && one.status !== 429);
		return first?.status === 404 && this.readings(list, business, until).length === 0;
	}

	covers(item: ItemPlan, business: number): boolean {
		const { operation, businesses } = this.ended.plan;
		return operation === 'offboard' ? (businesses === null || businesses.includes(business)) : item.business === business;
	}

	/** The identities that the first complete readings of an item's businesses show for the address, before request `until`. */
	identitiesOf(item: ItemPlan, until = Infinity): Set<number> {
		const businesses = this.world.plan.businesses.map((_, business) => business).filter((business) => this.covers(item, business));
		const first = businesses.flatMap((business) => PEOPLE.flatMap((list) => this.readings(list, business, until)[0]?.rows ?? []));
		return new Set(first.flatMap(({ email, identity }) => (identity !== null && keyOf(email) === keyOf(emailOf(item)) ? [identity] : [])));
	}

	/** Rows that the node may treat as the person's: by any identity that this execution saw for the address, in any business. */
	mayBePerson(item: ItemPlan): (row: { email: string | null; identity: number | null }) => boolean {
		const address = keyOf(emailOf(item));
		const rows = this.sent.flatMap(({ shown }) => shown ?? []);
		const identities = new Set(rows.flatMap(({ email, identity }) => (identity !== null && keyOf(email) === address ? [identity] : [])));
		const others = new Set(rows.flatMap(({ email, identity }) => (identity !== null && identities.has(identity) ? [keyOf(email)] : [])));
		return ({ email, identity }) => keyOf(email) === address || (identity === null ? others.has(keyOf(email)) : identities.has(identity));
	}

	isPerson(item: ItemPlan, until = Infinity): (row: { email: string | null; identity: number | null }) => boolean {
		const identities = this.identitiesOf(item, until);
		return ({ email, identity }) => (email !== null && keyOf(email) === keyOf(emailOf(item))) || (identity !== null && identities.has(identity));
	}

	/** The item of a write, and everybody who ever had its ID. */
	about(write: Sent): { item: ItemPlan | undefined; rows: Row[] } {
		const business = write.business ?? 0;
		const rows = write.target === 'members' ? this.world.rowsEver(business, write.id ?? 0) : [];
		const invited = this.world.states[business].flatMap(({ invitations }) => invitations.filter(({ id }) => id === write.id));
		const addresses = [write.email, ...rows.map(({ email }) => email), ...invited.map(({ email }) => email)].filter((one) => one !== null).map(keyOf);
		const items = this.ended.plan.items.filter((item) => this.covers(item, business));
		const isNamedBy = (item: ItemPlan): boolean => {
			const { memberId, invitationId } = this.world.idsOf(item);
			return (item.by ?? 'email') !== 'email' && write.id !== null && (write.target === 'members' ? memberId : invitationId) === write.id;
		};
		const byId = items.find(isNamedBy);
		const byAddress = items.find((item) => addresses.includes(keyOf(emailOf(item))));
		const mayTakeOthers = this.ended.plan.includeOtherAddresses || write.method === 'PUT';
		const byIdentity = items.find((item) => {
			if (!mayTakeOthers && !this.isUnderNoOtherAddress(item, rows, business, write.index)) return false;
			const hasOtherAddress = rows.every(({ identity }) => identity === null) && this.otherAddressesOf(item).some((one) => addresses.includes(one));
			return rows.some(this.mayBePerson(item)) || hasOtherAddress;
		});
		return { item: byId ?? byAddress ?? byIdentity, rows };
	}

	/** The members list shows a row without an address, and the published list does not show its identity only with other addresses. */
	private isUnderNoOtherAddress(item: ItemPlan, rows: Row[], business: number, until: number): boolean {
		const published = this.readings('teamMembers', business, until).at(-1)?.rows ?? [];
		const listed = published.filter(({ identity }) => identity !== null && rows.some((row) => row.identity === identity));
		const isUnderOthers = listed.length > 0 && listed.every(({ email }) => email !== null && keyOf(email) !== keyOf(emailOf(item)));
		return !isUnderOthers && rows.some(({ email, addressNotIn }) => email === null || addressNotIn === 'members');
	}

	/** Every address that the person had in any business. */
	private otherAddressesOf(item: ItemPlan): string[] {
		return this.world.states.flat().flatMap(({ rows }) => rows.filter(this.isPerson(item)).map(({ email }) => keyOf(email)));
	}
}
