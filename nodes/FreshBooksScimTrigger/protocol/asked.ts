import { isJsonObject } from '../../FreshBooks/client/errors';
import { SCIM_FRESHBOOKS_USER } from '../../FreshBooks/people/scimUser';
import { applyEdits, type Edit } from './edits';
import { badRequest, ScimError } from './errors';
import { valueOf, type Attributes } from './names';
import { parsePath, type AttributePath } from './path';
import { booleanOf, isNeverKept, valueFor } from './values';

/** What a request that writes a user asks for, read value by value. Pure. */

/** What POST, PUT or PATCH asks for. */
export interface Asked {
	/** Absent when the request has none. False when any part of the request has false. */
	active?: boolean;
	/** Absent when the request has none. */
	userName?: string;
	/** Null when cleared, absent when the request has none. */
	externalId?: string | null;
	/** The names of roles, as sent, the preferred one first; empty when the request has none. */
	roles: readonly string[];
	/** The attributes to remember, in the RFC's form. Never `active`, `id`, `meta`, `schemas`, `groups`, `password`. */
	attributes: Attributes;
	/** What was not understood beside `active: false`, which is carried out nevertheless. Empty in any other case. */
	notUnderstood: readonly string[];
}

/** The provider may not write these (RFC 7643, section 3.1 and 4.1.2). */
const READ_ONLY: readonly (string | null)[] = ['id', 'meta', 'groups'];

/** Accepted and dropped: the service has its own schemas, and in FreshBooks no one can set another person's password. */
function isDropped({ schema, name, where, sub }: AttributePath): boolean {
	const names = [name, sub, ...(where ?? []).map((condition) => condition.name)];
	return (schema === null && name === 'schemas') || names.some((one) => one !== null && isNeverKept(one));
}

/** Collects the parts of a request. */
export class Reading {
	private readonly edits: Edit[] = [];
	private readonly problems: unknown[] = [];
	private active: boolean | undefined;

	/** Reads a part; a part that is not understood is kept as a problem. */
	try(read: () => void): void {
		try {
			read();
		} catch (error) {
			this.problems.push(error);
		}
	}

	/** A value at a path. */
	write(op: Edit['op'], path: AttributePath, value: unknown): void {
		const { schema, name } = path;
		if (schema === null && name === 'active') return this.writeActive(path, value);
		if (isDropped(path)) return;
		const inForm = valueFor(path, value);
		if (schema === null && name === 'userName' && inForm === null) {
			throw badRequest('invalidValue', 'A userName cannot be empty. Send the name that the person has in your directory.');
		}
		this.edits.push({ op, path, value: inForm });
	}

	/** All values of an object without a path: its keys are paths. Read-only attributes among them are ignored, as in a PUT (RFC 7644, section 3.5.1). */
	writeAll(op: Edit['op'], values: Attributes, schema: string | null = null): void {
		for (const [key, value] of Object.entries(values)) this.try(() => this.writeKey(op, key, value, schema));
	}

	private writeKey(op: Edit['op'], key: string, value: unknown, schema: string | null): void {
		const path = parsePath(key);
		if (!path || (schema !== null && path.schema !== null)) throw badRequest('invalidPath', `"${shortened(key)}" is not the name of an attribute.`);
		const inSchema = path.schema ?? schema;
		if (inSchema === null && READ_ONLY.includes(path.name)) return;
		// A schema's URN as the key of its attributes.
		if (path.name === null && isJsonObject(value)) return this.writeAll(op, value, path.schema);
		if (path.name === null && path.schema === null) throw badRequest('invalidValue', `The value of "${shortened(key)}" must be an object.`);
		this.write(op, { ...path, schema: inSchema }, value);
	}

	private writeActive({ where, sub }: AttributePath, value: unknown): void {
		if (where !== null || sub !== null) throw badRequest('invalidPath', '"active" has no parts. Use the path "active" with true or false.');
		const active = booleanOf(value, 'active');
		if (active !== null && this.active !== false) this.active = active;
	}

	/**
	 * What was requested. `active: false` is carried out even if something else was not understood: no one keeps access because of
	 * another attribute.
	 * @throws ScimError the first thing that was not understood
	 */
	result(): { asked: Asked; edits: readonly Edit[] } {
		const { edits, active, problems } = this;
		if (problems.length > 0 && active !== false) throw problems[0];
		// For a user of whom nothing is remembered: the attributes of this request alone.
		const attributes = applyEdits(edits, {});
		const { userName, externalId } = attributes;
		const asked = {
			...(active !== undefined && { active }),
			...(typeof userName === 'string' && { userName }),
			...((typeof externalId === 'string' || externalId === null) && { externalId }),
			roles: rolesIn(attributes),
			attributes,
			notUnderstood: problems.map((problem) => (problem instanceof ScimError ? problem.detail : 'A part of the request could not be read.')),
		};
		return { asked, edits };
	}
}

/** A name from a request, for a sentence. */
export function shortened(text: string): string {
	return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** True for a read-only attribute, at which no path of a PATCH may point (RFC 7644, section 3.5.2). */
export function isReadOnly({ schema, name }: AttributePath): boolean {
	return schema === null && READ_ONLY.includes(name);
}

/** Entra ID's app roles come as JSON inside a text (learn.microsoft.com, customize-application-attributes, SingleAppRoleAssignment). */
function unpacked(value: unknown): unknown[] {
	if (typeof value !== 'string' || !value.startsWith('{')) return [value];
	try {
		const role: unknown = JSON.parse(value);
		return [valueOf(role, 'value'), valueOf(role, 'displayName'), valueOf(role, 'display')];
	} catch {
		return [value];
	}
}

/**
 * The names of roles in a user's attributes: of FreshBooks' extension, then of the primary role, then of the others; of each its
 * value, then its display name.
 */
export function rolesIn(attributes: Attributes): string[] {
	const roles = valueOf(attributes, 'roles');
	const elements = Array.isArray(roles) ? (roles as unknown[]) : [];
	const isPrimary = (element: unknown): boolean => valueOf(element, 'primary') === true;
	const ordered = [...elements.filter(isPrimary), ...elements.filter((element) => !isPrimary(element))];
	const names = [
		valueOf(valueOf(attributes, SCIM_FRESHBOOKS_USER), 'role'),
		...ordered.flatMap((element) => [...unpacked(valueOf(element, 'value')), valueOf(element, 'display')]),
	];
	return [...new Set(names.filter((name): name is string => typeof name === 'string').map((name) => name.trim()))].filter((name) => name !== '');
}
