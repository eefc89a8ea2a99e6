import { addressKey, checkEmail } from '../../FreshBooks/client/identifiers';

/**
 * IDs of users: base64url of the address in lower case. They stay the same when a person is invited, joins and leaves (RFC 7643,
 * section 3.1: stable) and need no storage. No other text decodes to an address, so none reaches a path of FreshBooks. Pure.
 */

/** The ID that encodes an address. */
export function scimIdOf(address: string): string {
	return Buffer.from(addressKey(address), 'utf8').toString('base64url');
}

/** The address in lower case that an ID encodes; undefined for a text that `scimIdOf` does not return. */
export function addressOfScimId(id: unknown): string | undefined {
	if (typeof id !== 'string') return undefined;
	const address = checkEmail(Buffer.from(id, 'base64url').toString('utf8'));
	return address.ok && scimIdOf(address.value) === id ? address.value : undefined;
}
