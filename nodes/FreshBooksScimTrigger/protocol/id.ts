import { addressKey, checkEmail } from '../../FreshBooks/client/identifiers';

/**
 * IDs of users: base64url of the address in lower case. They are the same for somebody invited, joined and gone (RFC 7643,
 * section 3.1: stable), need no storage, and nothing else reads back, so none reaches a path of FreshBooks'. Pure.
 */

/** The ID that stands for an address. */
export function scimIdOf(address: string): string {
	return Buffer.from(addressKey(address), 'utf8').toString('base64url');
}

/** The address in lower case for which an ID stands; undefined for anything that `scimIdOf` does not give. */
export function addressOfScimId(id: unknown): string | undefined {
	if (typeof id !== 'string') return undefined;
	const address = checkEmail(Buffer.from(id, 'base64url').toString('utf8'));
	return address.ok && scimIdOf(address.value) === id ? address.value : undefined;
}
