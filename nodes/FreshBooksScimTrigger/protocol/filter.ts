import { badRequest, type ScimError } from './errors';
import type { Attributes } from './names';
import { Cursor, hasElement, hasValue, takeAnd, takeEquals, takeLiteral, takePath, type AttributePath, type Literal } from './path';

/**
 * Filters (RFC 7644, section 3.4.2.2), of which Okta and Entra ID use `eq` and `and`
 * (developer.okta.com/docs/reference/scim/scim-20, learn.microsoft.com use-scim-to-provision-users-and-groups). Pure.
 */

/** One condition: a value there that equals a literal; without one, an element for which the path's own conditions hold. */
export interface Condition {
	path: AttributePath;
	equals?: Literal;
}

/** All conditions must hold. */
export type Filter = readonly Condition[];

/** More conditions than any provider sends. */
const MAX_CONDITIONS = 20;
const MAX_LENGTH = 4_000;

function notUnderstood(): ScimError {
	return badRequest('invalidFilter', 'The filter is not understood. Use attributes with "eq", joined by "and", such as: userName eq "name@example.com"');
}

function takeCondition(cursor: Cursor): Condition {
	const path = takePath(cursor);
	if (!path || path.name === null) throw notUnderstood();
	if (!takeEquals(cursor)) {
		// Only a path such as `emails[type eq "work"]` is a condition by itself.
		if (path.where === null || path.sub !== null) throw notUnderstood();
		return { path };
	}
	// Entra ID's documentation has `externalId eq jyoung` (use-scim-to-provision-users-and-groups).
	const equals = takeLiteral(cursor, path.schema === null && path.name === 'externalId');
	if (equals === undefined) throw notUnderstood();
	return { path, equals };
}

/**
 * Reads the query parameter `filter`.
 * @throws ScimError 400 `invalidFilter` for anything but attributes with `eq`, joined by `and`
 */
export function parseFilter(filter: unknown): Filter {
	if (typeof filter !== 'string' || filter.length > MAX_LENGTH) throw notUnderstood();
	const cursor = new Cursor(filter.trim());
	const conditions = [takeCondition(cursor)];
	while (!cursor.isAtEnd) {
		if (!takeAnd(cursor) || conditions.length === MAX_CONDITIONS) throw notUnderstood();
		conditions.push(takeCondition(cursor));
	}
	return conditions;
}

/** True for a user (as it is written in answers) for whom all conditions hold. An attribute without a value equals nothing. */
export function matchesFilter(filter: Filter, user: Attributes): boolean {
	return filter.every(({ path, equals }) => (equals === undefined ? hasElement(user, path) : hasValue(user, path, equals)));
}
