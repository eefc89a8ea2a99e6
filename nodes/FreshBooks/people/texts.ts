import type { BusinessMembership } from '../api/me';
import { inOneLine } from '../client/errors';

/** Words that several messages share. Pure. */

/** The first few of many, and how many more there are. */
export function someOf(names: string[], separator = ' and ', most = 5): string {
	const more = names.length > most ? `${separator}${names.length - most} more` : '';
	return `${names.slice(0, most).join(separator)}${more}`;
}

/** How a business is named in a sentence. */
export function businessNameOf({ businessId, name }: Pick<BusinessMembership, 'businessId' | 'name'>): string {
	return name === null ? `business ${businessId}` : `${inOneLine(name, 80)} (business ${businessId})`;
}

/** A business, and a sentence or two on what is the matter there. */
export interface BusinessReason extends Pick<BusinessMembership, 'businessId' | 'name'> {
	reason: string;
}

/** Stands for the businesses in a reason that names its own. */
const HERE = '\0';

/** The reason without what is only true of one business: its name and its ID. */
function sharedReason({ businessId, name, reason }: BusinessReason): string {
	const plain = reason.replace(new RegExp(` (?:of|in|to) business ${businessId}\\b`, 'g'), '');
	return plain.replaceAll(businessNameOf({ businessId, name }), HERE);
}

function reasonWith(shared: string, names: string[]): string {
	const listed = someOf(names, ', ', 20);
	if (shared.includes(HERE)) return shared.replaceAll(HERE, listed);
	if (names.length === 1) return `${listed}: ${shared}`;
	const [first, ...rest] = shared.split(/(?<=\.) (?=[A-Z])/);
	return [`${first.replace(/\.$/, '')}: ${listed}.`, ...rest].join(' ');
}

/** Each reason once, with the businesses that it is true of. */
export function reasonsText(reasons: BusinessReason[]): string {
	const groups = new Map<string, string[]>();
	for (const one of reasons) groups.set(sharedReason(one), [...(groups.get(sharedReason(one)) ?? []), businessNameOf(one)]);
	return someOf([...groups].map(([shared, names]) => reasonWith(shared, names)), ' ');
}

export function plural(count: number, one: string, many: string): string {
	return `${count} ${count === 1 ? one : many}`;
}
