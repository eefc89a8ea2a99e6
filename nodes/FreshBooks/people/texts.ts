import type { BusinessMembership } from '../api/me';
import { inOneLine } from '../client/errors';

/** Words that several messages share. Pure. */

/** The first few, and how many more. */
export function someOf(names: string[], separator = ' and ', most = 5): string {
	const more = names.length > most ? `${separator}${names.length - most} more` : '';
	return `${names.slice(0, most).join(separator)}${more}`;
}

/** `a, b and c`; of many, the first ones and how many more there are. */
export function listed(names: string[], most = 10): string {
	const parts = names.length > most ? [...names.slice(0, most), `${names.length - most} more`] : names;
	return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}

/** How a business is named in a sentence. */
export function businessNameOf({ businessId, name }: Pick<BusinessMembership, 'businessId' | 'name'>): string {
	return name === null ? `business ${businessId}` : `${inOneLine(name, 80)} (business ${businessId})`;
}

/** A business, and what is wrong there, in one or two sentences. */
export interface BusinessReason extends Pick<BusinessMembership, 'businessId' | 'name'> {
	reason: string;
}

/** Placeholder for the businesses in a reason that names its own. */
const HERE = '\0';

/** The reason without the name and the ID of its business. */
function sharedReason({ businessId, name, reason }: BusinessReason): string {
	const plain = reason.replace(new RegExp(` (?:of|in|to) business ${businessId}\\b`, 'g'), '');
	return name === null ? plain : plain.replaceAll(businessNameOf({ businessId, name }), HERE);
}

/** Each reason once, with the names of its businesses. */
export function groupedReasons(reasons: BusinessReason[], nameOf = businessNameOf): Map<string, string[]> {
	const groups = new Map<string, string[]>();
	for (const one of reasons) groups.set(sharedReason(one), [...(groups.get(sharedReason(one)) ?? []), nameOf(one)]);
	return groups;
}

function reasonWith(shared: string, names: string[]): string {
	const businesses = listed(names, 20);
	if (shared.includes(HERE)) return shared.replaceAll(HERE, businesses);
	if (names.length === 1) return `${businesses}: ${shared}`;
	const [first, ...rest] = shared.split(/(?<=\.) (?=[A-Z])/);
	return [`${first.replace(/\.$/, '')}: ${businesses}.`, ...rest].join(' ');
}

/** Each reason once, with its businesses, as sentences. */
export function reasonsText(reasons: BusinessReason[]): string {
	return [...groupedReasons(reasons)].map(([shared, names]) => reasonWith(shared, names)).join(' ');
}

export function plural(count: number, one: string, many: string): string {
	return `${count} ${count === 1 ? one : many}`;
}
