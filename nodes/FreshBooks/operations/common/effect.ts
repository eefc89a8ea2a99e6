import type { IDataObject } from 'n8n-workflow';

import { refusal } from '../../client/errors';
import { addressKey } from '../../client/identifiers';

/** Checks whether FreshBooks made the requested change. Pure. */

/** A number as text: `35.00` is `35`, but the postal code `02134` is not `2134`. */
const PLAIN_NUMBER = /^-?(?!0\d)\d*\.?\d+$/;

/** A value without the differences that FreshBooks may make when it stores it: case, blanks or punctuation (not in an address), a number as text. */
function comparable(value: unknown): string {
	if (value === null || value === undefined) return '';
	const text = String(value).trim();
	if (text.includes('@')) return addressKey(text);
	if (PLAIN_NUMBER.test(text)) return String(Number(text));
	return text.normalize('NFC').toLowerCase().replace(/[^\p{L}\p{N}]/gu, '') || text;
}

/** A field that was sent: its display name, and FreshBooks' values for it, `undefined` if it gives none. */
export interface SentField {
	displayName: string;
	sent: unknown;
	/** One of these is enough. */
	answered: unknown[];
}

function isWithoutEffect({ sent, answered }: SentField): boolean {
	const said = answered.filter((value) => value !== undefined);
	return said.length > 0 && !said.some((value) => comparable(value) === comparable(sent));
}

/** Throws FreshBooksError of kind `refused` if FreshBooks accepted a change of `subject` but answers with other values. */
export function checkEffect(subject: string, fields: SentField[]): void {
	const unchanged = fields.filter(isWithoutEffect).map(({ displayName }) => `'${displayName}'`);
	if (unchanged.length === 0) return;
	throw refusal(
		`FreshBooks accepted the change of ${subject}, but answers another value for ${unchanged.join(', ')}`,
		'Check the value in FreshBooks, and change it there. The connected user may not be allowed to change it, or FreshBooks does not accept the value.',
	);
}

/** The fields without those that are undefined. */
export function given(fields: IDataObject): IDataObject {
	return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
