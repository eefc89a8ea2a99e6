import { isJsonObject } from '../../FreshBooks/client/errors';
import { valueOf, withValue, type Attributes } from './names';
import { isListPath, isMeant, type AttributePath, type ElementCondition } from './path';
import { booleanOf, MAX_VALUES } from './values';

/** Changes of a user's attributes (RFC 7644, section 3.5.2). Pure; nothing here throws. */

export interface Edit {
	op: 'add' | 'replace' | 'remove';
	path: AttributePath;
	/** In the RFC's form, as `valueFor` gives it; null clears. With `remove`: the elements to remove, or null for all. */
	value: unknown;
}

const asList = (value: unknown): unknown[] => (Array.isArray(value) ? value : value === null || value === undefined ? [] : [value]);

/** Equal for values that differ only in `primary`. */
function identityOf(value: unknown): string {
	const sorted = (_key: string, inner: unknown): unknown =>
		isJsonObject(inner) ? Object.fromEntries(Object.entries(inner).sort(([one], [other]) => (one < other ? -1 : 1))) : inner;
	const compared = isJsonObject(value) ? Object.fromEntries(Object.entries(value).filter(([key]) => key !== 'primary')) : value;
	return JSON.stringify(compared, sorted);
}

/** Keeps one primary value: the last of those just written (RFC 7644, section 3.5.2). */
function withOnePrimary(elements: readonly unknown[], written: readonly unknown[]): unknown[] {
	const primary = written.findLast((element) => isJsonObject(element) && element.primary === true);
	if (primary === undefined) return [...elements];
	return elements.map((element) => (isJsonObject(element) && element.primary === true && element !== primary ? { ...element, primary: false } : element));
}

/** The elements with others added: in place of an equal one, else at the end. */
function withElements(elements: readonly unknown[], written: readonly unknown[]): unknown[] {
	const byIdentity = new Map([...elements, ...written].map((element) => [identityOf(element), element]));
	return withOnePrimary([...byIdentity.values()].slice(0, MAX_VALUES), written);
}

function merged(old: unknown, value: Attributes): Attributes {
	return Object.entries(value).reduce<Attributes>((object, [key, inner]) => withValue(object, key, inner), isJsonObject(old) ? old : {});
}

/**
 * A person has one role in FreshBooks, so a role that is added replaces the one before: Entra ID changes a role by adding another one (learn.microsoft.com, customize-application-attributes, SingleAppRoleAssignment).
 */
function isRoles({ schema, name }: AttributePath): boolean {
	return schema === null && name === 'roles';
}

/** The new value of the entire attribute. */
function editedAttribute(old: unknown, { op, path, value }: Edit): unknown {
	if (value === null) return null;
	if (op === 'remove') {
		const removed = asList(value);
		return Array.isArray(old) ? (old as unknown[]).filter((element) => !removed.some((like) => isLike(element, like))) : null;
	}
	if (op === 'add' && !isRoles(path) && (isListPath(path) || Array.isArray(old) || Array.isArray(value))) return withElements(asList(old), asList(value));
	if (isListPath(path)) return withElements([], asList(value));
	return isJsonObject(value) ? merged(old, value) : value;
}

/** True for an element that has every value of the other one. */
function isLike(element: unknown, like: unknown): boolean {
	if (!isJsonObject(element) || !isJsonObject(like)) return identityOf(element) === identityOf(like);
	return Object.entries(like).every(([key, value]) => value === null || identityOf(valueOf(element, key)) === identityOf(value));
}

function elementFor(where: readonly ElementCondition[]): Attributes {
	const parts = where.filter(({ equals }) => equals !== null);
	return Object.fromEntries(parts.map(({ name, equals }) => [name, name === 'primary' ? isTrue(equals) : equals]));
}

function isTrue(value: unknown): boolean {
	try {
		return booleanOf(value, 'primary') === true;
	} catch {
		return false;
	}
}

/**
 * The elements of a list, with a change of those to which the path points. If it points to none, one is added: Entra ID sends
 * `replace` for an address that was never sent before, and the memory may be lost.
 */
function editedElements(old: unknown, { path: { where, sub }, value }: Edit): unknown[] {
	const elements = asList(old);
	const isToChange = (element: unknown): element is Attributes => isJsonObject(element) && (where === null || isMeant(element, where));
	if (value === null && sub === null) return elements.filter((element) => !isToChange(element));
	const edit = (element: Attributes): Attributes => (sub === null ? merged(element, value as Attributes) : withValue(element, sub, value));
	const written: unknown[] = [];
	const edited = elements.map((element) => {
		if (!isToChange(element)) return element;
		written.push(edit(element));
		return written.at(-1);
	});
	if (written.length > 0) return withElements([], withOnePrimary(edited, written));
	const made = edit(elementFor(where ?? []));
	return value === null || (where !== null && !isMeant(made, where)) ? elements : withElements(elements, [made]);
}

function editedIn(holder: Attributes, edit: Edit): Attributes {
	const { name, where, sub } = edit.path;
	if (name === null) return holder;
	const old = valueOf(holder, name);
	if (where === null && sub === null) return withValue(holder, name, editedAttribute(old, edit));
	if (sub === null || where !== null || isListPath(edit.path) || Array.isArray(old)) return withValue(holder, name, editedElements(old, edit));
	return withValue(holder, name, withValue(isJsonObject(old) ? old : {}, sub, edit.value));
}

function edited(user: Attributes, edit: Edit): Attributes {
	const { schema, name } = edit.path;
	if (schema === null) return editedIn(user, edit);
	if (name === null) return withValue(user, schema, null);
	const extension = valueOf(user, schema);
	return withValue(user, schema, editedIn(isJsonObject(extension) ? extension : {}, edit));
}

/** The attributes after all edits, in their order. */
export function applyEdits(edits: readonly Edit[], user: Attributes): Attributes {
	return edits.reduce(edited, user);
}
