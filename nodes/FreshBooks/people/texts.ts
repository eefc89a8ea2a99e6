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

export function plural(count: number, one: string, many: string): string {
	return `${count} ${count === 1 ? one : many}`;
}
