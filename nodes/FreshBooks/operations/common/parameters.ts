import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { jsonParse, NodeOperationError } from 'n8n-workflow';

import { isJsonObject } from '../../client/errors';
import { isDeeperThan } from '../../client/json';
import type { NamedMember } from '../../people/membership';
import {
	checkAccountId,
	checkEmail,
	checkIntegerId,
	checkRole,
	checkUuid,
	type Checked,
} from '../../client/identifiers';

/**
 * The parameters of one item, read and checked before anything is sent. Every reader throws a NodeOperationError that
 * names the parameter as the editor shows it, and the item.
 */

/** What a resource locator holds. */
export interface Locator {
	mode: string;
	value: unknown;
}

/** How one person or invitation is named: by ID, or by address. */
export type ById<Id> = { by: 'id'; id: Id };
export type ByEmail = { by: 'email'; email: string };

export class Parameters {
	constructor(
		private readonly context: IExecuteFunctions,
		readonly itemIndex: number,
	) {}

	/** Refuses a parameter: "Parameter 'X' <problem> [item N]". */
	refuse(displayName: string, problem: string, wayOut = 'Correct it and run it again; nothing was sent for this item.'): never {
		throw new NodeOperationError(this.context.getNode(), `Parameter '${displayName}' ${problem} [item ${this.itemIndex}]`, {
			description: wayOut,
			itemIndex: this.itemIndex,
		});
	}

	private accept<T>(displayName: string, checked: Checked<T>): T {
		return checked.ok ? checked.value : this.refuse(displayName, checked.problem);
	}

	private raw(name: string, fallback?: unknown): unknown {
		return this.context.getNodeParameter(name, this.itemIndex, fallback) as unknown;
	}

	private locator(name: string, displayName: string): Locator {
		const value = this.raw(name);
		if (isJsonObject(value) && 'value' in value) return { mode: typeof value.mode === 'string' ? value.mode : 'id', value: value.value };
		if (typeof value === 'string' || typeof value === 'number') return { mode: 'id', value };
		return this.refuse(displayName, 'is empty', 'Choose it from the list, or give its ID.');
	}

	businessId(): number {
		return this.accept('Business', checkIntegerId(this.locator('business', 'Business').value));
	}

	accountId(): string {
		return this.accept('Account', checkAccountId(this.locator('account', 'Account').value));
	}

	/** A locator with the modes `list`, `id` and `email`. */
	private person<Id>(name: string, displayName: string, check: (value: unknown) => Checked<Id>): ById<Id> | ByEmail {
		const { mode, value } = this.locator(name, displayName);
		return mode === 'email'
			? { by: 'email', email: this.accept(displayName, checkEmail(value)) }
			: { by: 'id', id: this.accept(displayName, check(value)) };
	}

	memberByUuid(): ById<string> | ByEmail {
		return this.person('member', 'Member', (value) =>
			hint(checkUuid(value), 'Get identifies a team member by UUID; the whole number is for Update Role and Remove'),
		);
	}

	/** A member to change or remove: a whole number, the UUID that Get Many gives, or an address. */
	memberToChange(): NamedMember {
		const { mode, value } = this.locator('member', 'Team Member');
		if (mode === 'email') return { by: 'email', email: this.accept('Team Member', checkEmail(value)) };
		const uuid = checkUuid(value);
		return uuid.ok ? { by: 'uuid', uuid: uuid.value } : { by: 'memberId', id: this.accept('Team Member', checkIntegerId(value)) };
	}

	invitation(): ById<number> | ByEmail {
		return this.person('invitation', 'Invitation', checkIntegerId);
	}

	staffId(): number {
		return this.accept('Staff', checkIntegerId(this.locator('staff', 'Staff').value));
	}

	email(): string {
		return this.accept('Email', checkEmail(this.raw('email')));
	}

	role(): string {
		return this.accept('Role', checkRole(this.raw('role')));
	}

	boolean(name: string, displayName: string, fallback: boolean): boolean {
		return this.truth(this.raw(name, fallback), displayName) ?? fallback;
	}

	/** A yes or no out of a collection; undefined when it was not added. An expression that gives nothing there is refused. */
	optionalBoolean(collection: IDataObject, name: string, displayName: string): boolean | undefined {
		return name in collection ? this.truth(collection[name] ?? '', displayName) : undefined;
	}

	/** An expression may give it as text, as forms and sheets do. What is neither is refused: a dry run must not become a real one. */
	private truth(value: unknown, displayName: string): boolean | undefined {
		if (value === undefined || value === null) return undefined;
		const word = typeof value === 'string' ? value.trim().toLowerCase() : value;
		if (word === true || word === 'true') return true;
		return word === false || word === 'false' ? false : this.refuse(displayName, 'must be true or false');
	}

	/** One of the values of a list, the first of which is the default; any other, which an expression may give, is refused. */
	oneOf(name: string, displayName: string, values: readonly string[]): string {
		return this.known(this.raw(name, values[0]), displayName, values);
	}

	/** The same out of a collection. */
	optionIn(collection: IDataObject, name: string, displayName: string, values: readonly string[]): string {
		return this.known(collection[name] ?? values[0], displayName, values);
	}

	private known(value: unknown, displayName: string, values: readonly string[]): string {
		return values.find((one) => one === value) ?? this.refuse(displayName, `must be one of ${values.join(', ')}`);
	}

	choice(name: string, fallback: string): string {
		const value = this.raw(name, fallback);
		return typeof value === 'string' ? value : fallback;
	}

	/** How many rows are wanted: Infinity for Return All, else a whole number from 1. */
	limit(): number {
		if (this.boolean('returnAll', 'Return All', false)) return Infinity;
		const limit = this.raw('limit', 50);
		if (typeof limit === 'number' && Number.isSafeInteger(limit) && limit >= 1) return limit;
		return this.refuse('Limit', 'must be a whole number of at least 1');
	}

	/** A collection's chosen fields. */
	collection(name: string): IDataObject {
		const value = this.raw(name, {});
		return isJsonObject(value) ? (value as IDataObject) : {};
	}

	/** A text of a collection that becomes part of a URL; undefined when empty. */
	shortText(collection: IDataObject, name: string, displayName: string): string | undefined {
		const value: unknown = collection[name];
		if (value === undefined || value === null || value === '') return undefined;
		if (typeof value === 'string' && value.length <= LONGEST_FILTER) return value;
		return this.refuse(displayName, `must be a text of at most ${LONGEST_FILTER} characters`);
	}

	/** A value of a collection that is sent as it is: a text, a number, or nothing, but nothing with parts. */
	plainValue(collection: IDataObject, name: string, displayName: string): IDataObject[string] {
		const value = collection[name];
		if (typeof value !== 'object' || value === null) return value;
		return this.refuse(displayName, 'must be a text, not a list or an object');
	}

	/** One address out of a collection. */
	emailIn(collection: IDataObject, name: string, displayName: string): string {
		return this.accept(displayName, checkEmail(collection[name]));
	}

	/** One address out of a collection, if given. */
	optionalEmail(collection: IDataObject, name: string, displayName: string): string | undefined {
		const value = collection[name];
		return value === undefined || value === '' ? undefined : this.emailIn(collection, name, displayName);
	}

	/** A moment out of a collection, in ISO 8601 and UTC; null when not given. */
	optionalMoment(collection: IDataObject, name: string, displayName: string): string | null {
		const value: unknown = collection[name];
		if (value === undefined || value === null || value === '') return null;
		const moment = typeof value === 'string' ? Date.parse(value) : momentOf(value);
		if (Number.isNaN(moment)) return this.refuse(displayName, 'must be a date such as 2026-11-21T10:00:00Z');
		return new Date(moment).toISOString();
	}

	/** The chosen businesses of a multi-select, or of an expression; at least one. */
	businessIds(): number[] {
		const ids = this.optionalIds({ ids: this.raw('businessIds', []) as IDataObject['ids'] }, 'ids', 'Business Names or IDs') ?? [];
		if (ids.length > 0) return [...new Set(ids)];
		return this.refuse('Business Names or IDs', 'is empty', "Choose at least one business, or set 'Businesses' to All.");
	}

	/** The json of every input item, for an operation that takes them all at once. */
	inputItems(): IDataObject[] {
		return this.context.getInputData().map(({ json }) => json);
	}

	/** A JSON list given as text or as a list. */
	jsonList(name: string, displayName: string): unknown[] {
		const value = this.raw(name, '');
		const parsed: unknown = typeof value === 'string' ? jsonParse<unknown>(value, { fallbackValue: null }) : value;
		return Array.isArray(parsed) ? parsed : this.refuse(displayName, 'must be a JSON list such as [{"email": "name@example.com"}]');
	}

	/** A JSON object given as text or as an object; undefined when empty. */
	jsonObject(name: string, displayName: string): IDataObject | undefined {
		const value = this.raw(name, '');
		if (value === undefined || value === null || (typeof value === 'string' && value.trim() === '')) return undefined;
		const parsed: unknown = typeof value === 'string' ? jsonParse<unknown>(value, { fallbackValue: null }) : value;
		if (!isJsonObject(parsed)) return this.refuse(displayName, 'must be a JSON object such as {"invoices": true}');
		if (isDeeperThan(DEEPEST, parsed)) return this.refuse(displayName, `must not be nested more than ${DEEPEST} levels deep`);
		return Object.keys(parsed).length === 0 ? undefined : (parsed as IDataObject);
	}

	/** A list of integer IDs given as text with commas, one number, or an array; undefined when empty. */
	optionalIds(collection: IDataObject, name: string, displayName: string): number[] | undefined {
		const value: unknown = collection[name];
		if (value === undefined || value === '' || value === null) return undefined;
		const parts: unknown[] = Array.isArray(value) ? value : typeof value === 'string' ? value.split(',').map((part) => part.trim()) : [value];
		return parts.map((part) => this.accept(displayName, checkIntegerId(part)));
	}
}

/** Far more than any permission needs; a thousand times as much would exhaust the stack on the way out. */
const DEEPEST = 20;
/** The longest text that FreshBooks could be searched for. */
const LONGEST_FILTER = 255;

/** Epoch milliseconds of a moment that an expression gave as a number, a Date or Luxon's DateTime; NaN for anything else. */
function momentOf(value: unknown): number {
	const moment: unknown = typeof value === 'object' && value !== null && typeof value.valueOf === 'function' ? value.valueOf() : value;
	return typeof moment === 'number' ? new Date(moment).getTime() : NaN;
}

function hint<T>(checked: Checked<T>, text: string): Checked<T> {
	return checked.ok || !/but this is/.test(checked.problem) ? checked : { ok: false, problem: `${checked.problem}. ${text}` };
}
