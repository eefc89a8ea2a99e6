import { isJsonObject } from '../../FreshBooks/client/errors';
import { isReadOnly, Reading, shortened, type Asked } from './asked';
import type { Edit } from './edits';
import { badRequest } from './errors';
import { valueOf } from './names';
import { isListPath, parsePath, type AttributePath } from './path';

/**
 * PATCH (RFC 7644, section 3.5.2) as Okta sends it (developer.okta.com/docs/reference/scim/scim-20, "Update a specific User")
 * and as Entra ID does, with and without its flag `aadOptscim062020` (learn.microsoft.com,
 * application-provisioning-config-problem-scim-compatibility). Pure.
 */

/** What a PATCH asks for. `attributes` are its values for a user of whom nothing is remembered; `edits` change what is remembered. */
export interface UserPatch extends Asked {
	edits: readonly Edit[];
}

/** Entra ID's validator sends about 40 operations in one request. */
const MAX_OPERATIONS = 200;

function opOf(operation: unknown): Edit['op'] {
	const op = valueOf(operation, 'op');
	const lower = typeof op === 'string' ? op.trim().toLowerCase() : '';
	if (lower === 'add' || lower === 'replace' || lower === 'remove') return lower;
	throw badRequest('invalidSyntax', 'Every operation needs "op" with "add", "replace" or "remove".');
}

function pathOf(operation: unknown): AttributePath | undefined {
	const text = valueOf(operation, 'path');
	if (text === undefined || text === null || text === '') return undefined;
	const path = typeof text === 'string' ? parsePath(text) : undefined;
	if (path) return path;
	const shown = typeof text === 'string' ? `"${shortened(text)}"` : 'One of the paths';
	throw badRequest('invalidPath', `${shown} is not understood as a path. Use one such as name.givenName or emails[type eq "work"].value.`);
}

/** True for a path to all attributes of a schema. */
const isEntireSchema = ({ name }: AttributePath): boolean => name === null;

function readRemove(reading: Reading, operation: unknown, path: AttributePath | undefined): void {
	if (!path || (isEntireSchema(path) && path.schema === null)) throw badRequest('noTarget', 'An operation "remove" needs a path.');
	if (path.schema === null && path.name === 'active') {
		throw badRequest('mutability', '"active" cannot be removed. To deactivate the person, replace it with false.');
	}
	// Entra ID names the elements to remove in the value ("Requests to remove a group member"). In any other case the value is ignored.
	const value = valueOf(operation, 'value');
	const namesElements = path.where === null && path.sub === null && (isListPath(path) || Array.isArray(value));
	reading.write('remove', path, namesElements ? (value ?? null) : null);
}

function readOperation(reading: Reading, operation: unknown): void {
	const op = opOf(operation);
	const path = pathOf(operation);
	if (path && isReadOnly(path)) throw badRequest('mutability', `"${path.name}" cannot be changed. Leave it out of the attribute mapping.`);
	if (op === 'remove') return readRemove(reading, operation, path);
	const value = valueOf(operation, 'value');
	if (value === undefined) throw badRequest('invalidValue', `An operation "${op}" needs a value.`);
	if (path && !isEntireSchema(path)) return reading.write(op, path, value);
	if (isJsonObject(value)) return reading.writeAll(op, value, path?.schema ?? null);
	if (path && path.schema !== null) return reading.write(op, path, value);
	throw badRequest('invalidValue', `An operation "${op}" without a path needs an object of attributes as its value.`);
}

/**
 * Reads the body of a PATCH; all its operations are one change. Where one has `active: false`, the person is deactivated, whatever
 * else the request has.
 * @throws ScimError 400 for anything that is not understood (unless it deactivates), so that nothing is done in part
 */
export function readPatch(body: unknown): UserPatch {
	const operations = valueOf(body, 'Operations');
	if (!Array.isArray(operations) || operations.length === 0) throw badRequest('invalidSyntax', 'A PATCH needs a list "Operations" with at least one operation.');
	const reading = new Reading();
	for (const operation of operations as unknown[]) reading.try(() => readOperation(reading, operation));
	reading.try(() => {
		if (operations.length > MAX_OPERATIONS) throw badRequest('invalidSyntax', `A PATCH may have at most ${MAX_OPERATIONS} operations. Send several requests.`);
	});
	const { asked, edits } = reading.result();
	return { ...asked, edits };
}
