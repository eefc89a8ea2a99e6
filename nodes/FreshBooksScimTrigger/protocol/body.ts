import { isJsonObject } from '../../FreshBooks/client/errors';
import { isDeeperThan } from '../../FreshBooks/client/json';
import { badRequest, ScimError } from './errors';
import type { Attributes } from './names';

/** Bodies of requests, read from their bytes: n8n parses `application/json` only. Pure. */

/** 1 MB; n8n's own limit is 16 MB. */
export const MAX_BODY_BYTES = 1_048_576;
/** A user has about five levels. */
const MAX_LEVELS = 32;

/** RFC 7644, section 3.1: SCIM's type, and JSON's for providers that do not use it. Without a header the body is JSON. */
const CONTENT_TYPE = /^\s*application\/(?:scim\+)?json\s*(?:;|$)/i;

/** Bytes that are not UTF-8 are refused, so that reading changes no name. */
function textOf(raw: Uint8Array): string {
	try {
		return new TextDecoder('utf-8', { fatal: true }).decode(raw);
	} catch {
		throw badRequest('invalidSyntax', 'The body is not UTF-8 text. Send JSON in UTF-8.');
	}
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text) as unknown;
	} catch {
		throw badRequest('invalidSyntax', 'The body is not JSON. Send a JSON object.');
	}
}

/**
 * Reads a body as a JSON object.
 * @param raw the bytes as received (`rawBody` of n8n's request)
 * @param contentType the header `Content-Type`
 * @throws ScimError 413 above 1 MB; 415 for another content type; 400 `invalidSyntax` for no JSON object, or one nested deeper than 32 levels
 */
export function readBody(raw: Uint8Array | string | undefined, contentType: string | undefined): Attributes {
	const bytes = typeof raw === 'string' ? Buffer.from(raw, 'utf8') : (raw ?? new Uint8Array());
	if (bytes.length > MAX_BODY_BYTES) throw new ScimError(413, 'The body is larger than 1 MB. Send fewer attributes in one request.');
	if (contentType !== undefined && !CONTENT_TYPE.test(contentType)) {
		throw new ScimError(415, 'The content type is not understood. Send application/scim+json or application/json.');
	}
	const body = parsed(textOf(bytes));
	if (!isJsonObject(body)) throw badRequest('invalidSyntax', 'The body must be a JSON object.');
	if (isDeeperThan(MAX_LEVELS, body)) throw badRequest('invalidSyntax', `The body is nested deeper than ${MAX_LEVELS} levels.`);
	return body;
}
