import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { jsonParse, NodeOperationError } from 'n8n-workflow';

import { inOneLine, isJsonObject } from '../../client/errors';
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
import { isOfferedRole, isOwnerRole } from '../../people/roles';
import { worded } from '../../shownErrors';

/**
 * The parameters of one item, read and checked before anything is sent. Every reader throws a NodeOperationError that
 * names the parameter as the editor shows it, and the item.
 *
 * A parameter that a workflow does not have gets its default. A parameter that is empty because an expression returned nothing
 * is refused: an empty filter would match everybody. Text is trimmed. A number or a boolean may be text, because forms and
 * sheets give text.
 */

/** The value of a resource locator. */
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
		/** The operation's own parameters, which define the entries of its collections. */
		private readonly description: readonly INodeProperties[],
		/** True if the operation may change something: a refusal then says that nothing was changed. */
		private readonly writes = false,
	) {}

	/** Refuses a parameter: "Parameter 'X' <problem> [item N]". */
	refuse(displayName: string, problem: string, wayOut = `Check the value of '${displayName}'.`): never {
		return this.fail(`Parameter '${displayName}' ${problem}`, wayOut);
	}

	/** Refuses a parameter that is empty. The way out differs if an expression made it empty. */
	refuseEmpty(name: string, displayName: string, wayOut: string): never {
		if (!this.isExpression(name)) return this.fail(`${displayName} is empty`, `To fix this, ${wayOut}`);
		return this.fail(`${displayName} is empty: the expression returned nothing`, `Check the expression in '${displayName}', and the field of the input item that it reads.`);
	}

	/** Refuses the item: "<problem> [item N]". */
	fail(problem: string, wayOut: string): never {
		const message = `${problem} [item ${this.itemIndex}]`;
		const description = this.writes ? `${wayOut} Nothing was changed for this item.` : wayOut;
		throw worded(new NodeOperationError(this.context.getNode(), message, { description, itemIndex: this.itemIndex }), message);
	}

	/** Whether a parameter, or an entry of a collection, is an expression in the workflow (n8n-workflow 2.40, isExpression). */
	private isExpression(name: string): boolean {
		const { parameters } = this.context.getNode();
		const places: unknown[] = [parameters, ...Object.values(parameters)];
		const value = places.filter(isJsonObject).find((place) => name in place)?.[name];
		return String(isJsonObject(value) ? value.value : value).startsWith('=');
	}

	private accept<T>(displayName: string, checked: Checked<T>): T {
		return checked.ok ? checked.value : this.refuse(displayName, checked.problem);
	}

	/** The workflow's value, text trimmed; `fallback` if the workflow has none (n8n-core 2.40, _getNodeParameter). */
	private raw(name: string, fallback?: unknown): unknown {
		return trimmed(this.context.getNodeParameter(name, this.itemIndex, fallback) as unknown);
	}

	/** The value of a collection's entry; undefined if it was not added. Refuses an empty value. */
	private given(collection: IDataObject, name: string, displayName: string): unknown {
		if (!(name in collection)) return undefined;
		const value = trimmed(collection[name]);
		return isEmpty(value) ? this.refuseEmpty(name, displayName, 'give it a value, or remove it.') : value;
	}

	private locator(name: string, displayName: string, wayOut = 'choose it from the list, or give its ID.'): Locator {
		const raw = this.raw(name);
		const { mode, value } = isJsonObject(raw) ? raw : { mode: 'id', value: raw };
		const given = trimmed(value);
		return isEmpty(given) ? this.refuseEmpty(name, displayName, wayOut) : { mode: typeof mode === 'string' ? mode : 'id', value: given };
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
		return this.person('member', 'Team Member', (value) =>
			hint(checkUuid(value), 'Get identifies a team member by UUID; the whole number is for Update Role and Remove'),
		);
	}

	/** A team member to change or remove: a whole number, the UUID from Get Many, or an address. */
	memberToChange(): NamedMember {
		const { mode, value } = this.locator('member', 'Team Member');
		if (mode === 'email') return { by: 'email', email: this.accept('Team Member', checkEmail(value)) };
		const uuid = checkUuid(value);
		if (uuid.ok) return { by: 'uuid', uuid: uuid.value };
		const id = checkIntegerId(value);
		return id.ok ? { by: 'memberId', id: id.value } : this.refuse('Team Member', 'must be a whole number or a UUID, as Get Many gives them');
	}

	invitation(): ById<number> | ByEmail {
		return this.person('invitation', 'Invitation', checkIntegerId);
	}

	staff(): ById<number> | ByEmail {
		return this.person('staff', 'Staff', checkIntegerId);
	}

	email(): string {
		const value = this.raw('email');
		return isEmpty(value) ? this.refuseEmpty('email', 'Email', 'give an address such as name@example.com.') : this.accept('Email', checkEmail(value));
	}

	/**
	 * The role as it was chosen or typed. An undocumented name must be typed, with the option 'Allow Other Roles' on; `owner` is
	 * refused in every spelling: no documented request gives a business another owner.
	 */
	role(): string {
		const { mode, value } = this.locator('role', 'Role', 'choose it from the list, or give its name.');
		const role = this.accept('Role', checkRole(value));
		if (isOwnerRole(role)) {
			return this.refuse('Role', 'must not be owner', 'To fix this, choose another role. FreshBooks support can transfer the ownership.');
		}
		if (isOfferedRole(role)) return role;
		const allowed = this.optionalBoolean(this.collection('options'), 'allowOtherRoles', 'Allow Other Roles') ?? false;
		if (allowed && mode !== 'list') return role;
		return this.refuse(
			'Role',
			`is not a role that FreshBooks documents: ${role}`,
			"To fix this, choose one from the list; or, if FreshBooks has it, give it By Name and switch the option 'Allow Other Roles' on.",
		);
	}

	/** The role; undefined if none is chosen. Refuses an expression that returns nothing. */
	optionalRole(): string | undefined {
		const stored: unknown = this.context.getNode().parameters.role;
		const isUnchosen = isJsonObject(stored) && stored.mode === 'list' && isEmpty(trimmed(stored.value));
		return isUnchosen ? undefined : this.role();
	}

	boolean(name: string, displayName: string, fallback: boolean): boolean {
		return this.truth(this.raw(name, fallback), displayName);
	}

	/** A boolean from a collection; undefined if it was not added. Refuses an expression that returns nothing. */
	optionalBoolean(collection: IDataObject, name: string, displayName: string): boolean | undefined {
		return name in collection ? this.truth(trimmed(collection[name]), displayName) : undefined;
	}

	/** Refuses a value that is neither true nor false: a dry run must not become a real one. */
	private truth(value: unknown, displayName: string): boolean {
		const word = typeof value === 'string' ? value.toLowerCase() : value;
		if (word === true || word === 'true') return true;
		return word === false || word === 'false' ? false : this.refuse(displayName, 'must be true or false');
	}

	/** One of `values`; the first is the default. Refuses any other value, which an expression may return. */
	oneOf<Value extends string>(name: string, displayName: string, values: readonly Value[]): Value {
		return this.known(this.raw(name, values[0]), displayName, values);
	}

	/** The same from a collection. */
	optionIn<Value extends string>(collection: IDataObject, name: string, displayName: string, values: readonly Value[]): Value {
		return name in collection ? this.known(trimmed(collection[name]), displayName, values) : values[0];
	}

	/**
	 * One of the values of a filter; undefined if it was not added. Refuses an expression that returns nothing.
	 * @param offered the values as the refusal of any other names them
	 */
	filterIn<Value extends string | number>(collection: IDataObject, name: string, displayName: string, values: readonly Value[], offered?: string): Value | undefined {
		const value = this.given(collection, name, displayName);
		return value === undefined ? undefined : this.known(value, displayName, values, offered);
	}

	private known<Value extends string | number>(value: unknown, displayName: string, values: readonly Value[], offered = `one of ${values.join(', ')}`): Value {
		return values.find((one) => one === value || String(one) === value) ?? this.refuse(displayName, `must be ${offered}`);
	}

	choice(name: string, fallback: string): string {
		const value = this.raw(name, fallback);
		return typeof value === 'string' ? value : fallback;
	}

	/** The maximum number of rows: Infinity for Return All, else a whole number from 1. */
	limit(): number {
		if (this.boolean('returnAll', 'Return All', false)) return Infinity;
		return wholeNumber(this.raw('limit', 50), 1) ?? this.refuse('Limit', 'must be a whole number of at least 1');
	}

	/** How many items to work on at the same time: the option 'Batch Size'. */
	batchSize(): number {
		const options = this.collection('options');
		if (!('batchSize' in options)) return 5;
		return wholeNumber(options.batchSize, 1, 50) ?? this.refuse('Batch Size', 'must be a whole number from 1 to 50');
	}

	/**
	 * The entries that were added to a collection. Refuses a value that is not a collection, and an entry that the operation does
	 * not have; n8n 2.40 drops both before a node sees them (n8n-workflow, getNodeParameters).
	 */
	collection(name: string): IDataObject {
		const value = this.raw(name, {});
		const { displayName, options = [] } = this.description.find((parameter) => parameter.name === name) ?? { displayName: name };
		if (!isJsonObject(value)) return this.refuse(displayName, 'must be a collection of fields, not a text, a list or nothing');
		const entries = options.filter((option): option is INodeProperties => 'type' in option);
		for (const key of Object.keys(value)) {
			const entry = entries.find((one) => one.name === key);
			if (!entry) return this.refuse(displayName, `has an entry that this operation does not have: ${inOneLine(key, 40)}`, 'To fix this, remove it.');
			if (isMoved(entry)) return this.refuse(entry.displayName, 'is no longer an option', entry.description);
		}
		return value as IDataObject;
	}

	/** Whether the option 'Output Format' asks for SCIM users. */
	scimWanted(): boolean {
		return this.optionIn(this.collection('options'), 'outputFormat', 'Output Format', ['freshBooks', 'scim']) === 'scim';
	}

	/** Checks the collections that the operation itself does not read. */
	checkCollections(): void {
		for (const { name, type } of this.description) if (type === 'collection') this.collection(name);
	}

	/** A text from a collection that becomes part of a URL; undefined if it was not added. */
	shortText(collection: IDataObject, name: string, displayName: string): string | undefined {
		const value = this.given(collection, name, displayName);
		if (value === undefined || (typeof value === 'string' && value.length <= LONGEST_FILTER)) return value;
		return this.refuse(displayName, `must be a text of at most ${LONGEST_FILTER} characters`);
	}

	/** A number of at least 0 from a collection; the fallback if it was not added. */
	optionalNumber(collection: IDataObject, name: string, displayName: string, fallback: number): number {
		const value = this.given(collection, name, displayName) ?? fallback;
		const number = typeof value === 'string' ? Number(value) : value;
		return typeof number === 'number' && Number.isFinite(number) && number >= 0 ? number : this.refuse(displayName, 'must be a number of at least 0');
	}

	/** A value from a collection that is sent unchanged: a text, a number or nothing, but no list or object. */
	plainValue(collection: IDataObject, name: string, displayName: string): IDataObject[string] {
		const value = collection[name];
		if (typeof value !== 'object' || value === null) return trimmed(value);
		return this.refuse(displayName, 'must be a text, not a list or an object');
	}

	/** One address from a collection. */
	emailIn(collection: IDataObject, name: string, displayName: string): string {
		return this.accept(displayName, checkEmail(this.given(collection, name, displayName)));
	}

	/** One address from a collection; undefined if it was not added. */
	optionalEmail(collection: IDataObject, name: string, displayName: string): string | undefined {
		return this.given(collection, name, displayName) === undefined ? undefined : this.emailIn(collection, name, displayName);
	}

	/** A moment from a collection, in ISO 8601 and UTC; null if not given. */
	optionalMoment(collection: IDataObject, name: string, displayName: string): string | null {
		const value = trimmed(collection[name]);
		if (isEmpty(value)) return null;
		const moment = typeof value === 'string' ? Date.parse(value) : momentOf(value);
		if (Number.isNaN(moment)) return this.refuse(displayName, 'must be a date such as 2026-11-21T10:00:00Z');
		return new Date(moment).toISOString();
	}

	/** The chosen businesses of a multi-select, or of an expression; at least one. */
	businessIds(): number[] {
		const value = this.raw('businessIds', []);
		if (!isEmpty(value)) return [...new Set(this.ids(value, 'Business Names or IDs'))];
		return this.refuseEmpty('businessIds', 'Business Names or IDs', "choose at least one business, or set 'Businesses' to All.");
	}

	/** The json of every input item, for an operation that takes all items at once. */
	inputItems(): IDataObject[] {
		return this.context.getInputData().map(({ json }) => json);
	}

	/** A JSON list given as text or as a list. */
	jsonList(name: string, displayName: string): unknown[] {
		const value = this.raw(name, '');
		const parsed: unknown = typeof value === 'string' ? jsonParse<unknown>(value, { fallbackValue: null }) : value;
		return Array.isArray(parsed) ? parsed : this.refuse(displayName, 'must be a JSON list such as [{"email": "name@example.com"}]');
	}

	/** A JSON object given as text or as an object; undefined if empty. */
	jsonObject(name: string, displayName: string): IDataObject | undefined {
		return this.objectFrom(this.raw(name, ''), displayName);
	}

	/** The same from a collection. */
	jsonObjectIn(collection: IDataObject, name: string, displayName: string): IDataObject | undefined {
		return this.objectFrom(collection[name], displayName);
	}

	private objectFrom(value: unknown, displayName: string): IDataObject | undefined {
		if (value === undefined || value === null || (typeof value === 'string' && value.trim() === '')) return undefined;
		const parsed: unknown = typeof value === 'string' ? jsonParse<unknown>(value, { fallbackValue: null }) : value;
		if (!isJsonObject(parsed)) return this.refuse(displayName, 'must be a JSON object such as {"invoices": true}');
		if (isDeeperThan(DEEPEST, parsed)) return this.refuse(displayName, `must not be nested more than ${DEEPEST} levels deep`);
		return Object.keys(parsed).length === 0 ? undefined : (parsed as IDataObject);
	}

	/** A list of whole-number IDs given as text with commas, one number, or an array; undefined if it was not added. */
	optionalIds(collection: IDataObject, name: string, displayName: string): number[] | undefined {
		const value = this.given(collection, name, displayName);
		return value === undefined ? undefined : this.ids(value, displayName);
	}

	private ids(value: unknown, displayName: string): number[] {
		const parts: unknown[] = Array.isArray(value) ? value : typeof value === 'string' ? value.split(',') : [value];
		return parts.map((part) => this.accept(displayName, checkIntegerId(trimmed(part))));
	}
}

/** Far more than any permission needs; a thousand times as many levels would overflow the stack when the request is written. */
const DEEPEST = 20;
/** The longest text that FreshBooks could be searched for. */
const LONGEST_FILTER = 255;

function trimmed<Value>(value: Value): Value | string {
	return typeof value === 'string' ? value.trim() : value;
}

function isEmpty(value: unknown): boolean {
	return value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);
}

/** A whole number within the bounds, or a text that is one; undefined for anything else. */
function wholeNumber(value: unknown, least: number, most = Number.MAX_SAFE_INTEGER): number | undefined {
	const number = typeof value === 'string' && /^\s*\d+\s*$/.test(value) ? Number(value) : value;
	return typeof number === 'number' && Number.isSafeInteger(number) && number >= least && number <= most ? number : undefined;
}

/** An entry that `movedOption` declares: shown only if a workflow has it. */
function isMoved({ name, displayOptions }: INodeProperties): boolean {
	return name in (displayOptions?.show ?? {});
}

/** Epoch milliseconds of a moment that an expression returned as a number, a Date or Luxon's DateTime; NaN for anything else. */
function momentOf(value: unknown): number {
	const moment: unknown = typeof value === 'object' && value !== null && typeof value.valueOf === 'function' ? value.valueOf() : value;
	return typeof moment === 'number' ? new Date(moment).getTime() : NaN;
}

function hint<T>(checked: Checked<T>, text: string): Checked<T> {
	return checked.ok || !/but this is/.test(checked.problem) ? checked : { ok: false, problem: `${checked.problem}. ${text}` };
}
