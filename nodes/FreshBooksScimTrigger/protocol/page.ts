import { isJsonObject } from '../../FreshBooks/client/errors';
import { badRequest } from './errors';
import { valueOf, type Attributes } from './names';
import { parsePath } from './path';

/** Pages of a list, and the choice of attributes (RFC 7644, sections 3.4.2.4, 3.4.2.5 and 3.9). Pure. */

export const SCIM_LIST = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';

/** Okta requests 100 (developer.okta.com/docs/reference/scim/scim-20, "Retrieve Users"). */
const DEFAULT_COUNT = 100;
/** The longest page, as ServiceProviderConfig says. */
export const MAX_COUNT = 200;

export interface Page {
	/** 1 or more. */
	startIndex: number;
	/** 0 to MAX_COUNT. */
	count: number;
}

function wholeNumber(query: Attributes, name: string): number | undefined {
	const value = valueOf(query, name);
	if (value === undefined || value === '') return undefined;
	const text = typeof value === 'number' ? String(value) : value;
	if (typeof text === 'string' && /^[+-]?\d{1,15}$/.test(text.trim())) return Number(text);
	throw badRequest('invalidValue', `"${name}" must be a whole number, such as 1.`);
}

/**
 * Reads `startIndex` and `count`: less than 1 is 1, a negative count is 0 (section 3.4.2.4).
 * @throws ScimError 400 `invalidValue` for a value that is not a whole number
 */
export function readPage(query: Attributes): Page {
	const startIndex = wholeNumber(query, 'startIndex') ?? 1;
	const count = wholeNumber(query, 'count') ?? DEFAULT_COUNT;
	return { startIndex: Math.max(1, startIndex), count: Math.min(MAX_COUNT, Math.max(0, count)) };
}

/** A ListResponse with one page; only the resources of that page are written. Numbers are integers, as Okta requires. */
export function listResponse<Item>(all: readonly Item[], { startIndex, count }: Page, write: (item: Item) => Attributes): Attributes {
	const resources = all.slice(startIndex - 1, startIndex - 1 + count).map(write);
	return { schemas: [SCIM_LIST], totalResults: all.length, startIndex, itemsPerPage: resources.length, Resources: resources };
}

/** The path of an attribute in lower case, the outermost name first: `["name", "givenname"]`, `["urn:...:user", "manager"]`. */
type Steps = readonly string[];

/** Which attributes an answer has. */
export interface Choice {
	/** Only these; null for all. */
	only: readonly Steps[] | null;
	without: readonly Steps[];
}

function stepsOf(text: unknown, parameter: string): Steps {
	const path = typeof text === 'string' ? parsePath(text) : undefined;
	const steps = path && path.where === null ? [path.schema, path.name, path.sub].filter((step) => step !== null) : [];
	if (steps.length > 0) return steps.map((step) => step.toLowerCase());
	throw badRequest('invalidValue', `"${parameter}" must be names of attributes with commas between them, such as userName,emails.value.`);
}

function stepsIn(query: Attributes, parameter: string): Steps[] | null {
	const value = valueOf(query, parameter);
	if (value === undefined || value === '') return null;
	const texts: unknown[] = typeof value === 'string' ? value.split(',') : Array.isArray(value) ? value : [value];
	return texts.map((text) => stepsOf(text, parameter));
}

/**
 * Reads `attributes` and `excludedAttributes`. With both, an attribute must be in the first and not in the second.
 * @throws ScimError 400 `invalidValue` for a value that is not a list of names
 */
export function readChoice(query: Attributes): Choice {
	return { only: stepsIn(query, 'attributes'), without: stepsIn(query, 'excludedAttributes') ?? [] };
}

/** In every answer (RFC 7643, section 7: returned "always"; section 3: schemas). */
const ALWAYS: readonly Steps[] = [['schemas'], ['id']];

/** An object, or each object of a list, with changed entries. */
function withEntries(value: unknown, change: (entry: [string, unknown]) => Array<[string, unknown]>): unknown {
	if (Array.isArray(value)) return value.map((element) => withEntries(element, change));
	return isJsonObject(value) ? Object.fromEntries(Object.entries(value).flatMap(change)) : value;
}

/** The rest of each path that begins with a key; empty for a path that ends there. */
const after = (key: string, paths: readonly Steps[]): Steps[] => paths.filter(([first]) => first === key.toLowerCase()).map(([, ...rest]) => rest);
const endsHere = (paths: readonly Steps[]): boolean => paths.some(({ length }) => length === 0);

function onlyThose(value: unknown, paths: readonly Steps[]): unknown {
	return withEntries(value, ([key, inner]) => {
		const inside = after(key, paths);
		if (inside.length === 0) return [];
		return [[key, endsHere(inside) ? inner : onlyThose(inner, inside)]];
	});
}

function withoutThose(value: unknown, paths: readonly Steps[]): unknown {
	return withEntries(value, ([key, inner]) => {
		const inside = after(key, paths);
		if (inside.length === 0) return [[key, inner]];
		return endsHere(inside) ? [] : [[key, withoutThose(inner, inside)]];
	});
}

/** A resource with the chosen attributes; `schemas` and `id` are always there. */
export function withChosen(resource: Attributes, { only, without }: Choice): Attributes {
	const chosen = only === null ? resource : onlyThose(resource, [...ALWAYS, ...only]);
	const dropped = without.filter(([first]) => !ALWAYS.some(([always]) => always === first));
	return withoutThose(chosen, dropped) as Attributes;
}
