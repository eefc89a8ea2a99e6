import { isJsonObject } from '../../FreshBooks/client/errors';
import { checkEmail } from '../../FreshBooks/client/identifiers';
import { Reading, type Asked } from './asked';
import { badRequest } from './errors';
import { isAssigned, valueOf, withValue, type Attributes } from './names';
import { parsePath } from './path';

/** User resources in the bodies of POST and PUT (RFC 7644, sections 3.3 and 3.5.1). Pure. */

/** A PUT without one of these keeps the remembered value. */
const KEPT_BY_PUT = ['userName', 'externalId', 'roles'];

/** Keys that are not attributes, and a userName without a value, are ignored: a PUT has all attributes of a person. */
function isRead([key, value]: [string, unknown]): boolean {
	const path = parsePath(key);
	return path !== undefined && (path.schema !== null || path.name !== 'userName' || isAssigned(value));
}

/**
 * Reads a user in a POST or PUT. Unknown attributes are remembered as they are; a password is dropped.
 * @throws ScimError 400 for a value that cannot be read, unless the body has `active: false`
 */
export function readUser(body: unknown): Asked {
	if (!isJsonObject(body)) throw badRequest('invalidSyntax', 'The body must be a User: a JSON object with "userName".');
	const reading = new Reading();
	reading.writeAll('replace', Object.fromEntries(Object.entries(body).filter(isRead)));
	return reading.result().asked;
}

/** The attributes to remember after a PUT: its own, and the names and roles that it does not have. */
export function replacedAttributes(remembered: Attributes, { attributes }: Asked): Attributes {
	const kept = KEPT_BY_PUT.filter((name) => valueOf(attributes, name) === undefined && valueOf(remembered, name) !== undefined);
	return kept.reduce((user, name) => withValue(user, name, valueOf(remembered, name)), attributes);
}

/**
 * The address of a person: the userName if it is one, else the primary email, else the work email.
 * @throws ScimError 400 `invalidValue` when there is none
 */
export function addressOf({ attributes }: Pick<Asked, 'attributes'>): string {
	const emails = valueOf(attributes, 'emails');
	const elements = Array.isArray(emails) ? (emails as unknown[]) : [];
	const primary = elements.find((email) => valueOf(email, 'primary') === true);
	const work = elements.find((email) => String(valueOf(email, 'type')).toLowerCase() === 'work');
	for (const candidate of [valueOf(attributes, 'userName'), valueOf(primary, 'value'), valueOf(work, 'value')]) {
		const address = checkEmail(candidate);
		if (address.ok) return address.value;
	}
	throw badRequest('invalidValue', 'Neither "userName" nor the primary or work email is an email address. Map one of them to the address at which FreshBooks invites the person.');
}
