/**
 * How values become the text of a snapshot: `|` between fields, `^` before a person's history, `;`
 * between people, `~` to escape those four. Chosen because JSON spends one byte on each.
 */

export const FIELD = '|';
export const HISTORY = '^';
export const LINE = ';';
/** Begins whatever is not written as it is. */
export const ESCAPE = '~';

const TO_UNESCAPE = /~./g;
const EMPTY_TEXT = '~e';
const ESCAPES: ReadonlyArray<readonly [string, string]> = [
	['|', '~p'],
	['^', '~c'],
	[';', '~s'],
	['~', '~t'],
	// PostgreSQL refuses a NUL in JSON.
	['\0', '~0'],
];
const ESCAPE_OF = new Map(ESCAPES);
const SPECIAL_CHARACTERS = `[${ESCAPES.map(([plain]) => `\\${plain}`).join('')}]`;
const NEEDS_ESCAPE = new RegExp(SPECIAL_CHARACTERS);
const TO_ESCAPE = new RegExp(SPECIAL_CHARACTERS, 'g');
const UNESCAPED = new Map(ESCAPES.map(([plain, escaped]) => [escaped, plain]));

/** Text with the four separators escaped; other text is returned as it is. */
export function escapeText(text: string): string {
	if (!NEEDS_ESCAPE.test(text)) return text;
	return text.replace(TO_ESCAPE, (character) => ESCAPE_OF.get(character) ?? character);
}

/** The reverse of {@link escapeText}. */
export function unescapeText(packed: string): string {
	if (!packed.includes(ESCAPE)) return packed;
	return packed.replace(TO_UNESCAPE, (escaped) => UNESCAPED.get(escaped) ?? '');
}

/** A text that may be missing: `null` takes no room, so the empty text needs a mark. */
export function packText(text: string | null): string {
	if (text === null) return '';
	return text === '' ? EMPTY_TEXT : escapeText(text);
}

/** The reverse of {@link packText}. */
export function unpackText(packed: string): string | null {
	if (packed === '') return null;
	return packed === EMPTY_TEXT ? '' : unescapeText(packed);
}

const RAW_DATE = '!';
/** 9999-12-31T23:59:59Z: the last that four digits of a year can write. */
const LAST_SECOND = 253_402_300_799;

/**
 * A date: seconds since 1970 in base 36 (6 characters instead of 20) when it is written exactly as
 * FreshBooks writes dates (`2023-01-24T17:17:56Z`), else the text itself, so that nothing is lost.
 */
export function packDate(text: string | null): string {
	if (text === null) return '';
	const seconds = secondsOf(text);
	return seconds < 0 ? RAW_DATE + escapeText(text) : seconds.toString(36);
}

/** The reverse of {@link packDate}. */
export function unpackDate(packed: string): string | null {
	if (packed === '') return null;
	if (packed.startsWith(RAW_DATE)) return unescapeText(packed.slice(1));
	const seconds = parseInt(packed, 36);
	if (!(seconds <= LAST_SECOND)) return null;
	return `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;
}

/**
 * The number in base 36 from `from` up to `to` in `line`, or NaN for anything else; allocates nothing.
 */
export function packedNumber(line: string, from: number, to: number): number {
	let packed = 0;
	for (let at = from; at < to; at++) {
		const code = line.charCodeAt(at);
		if (code >= 97 && code <= 122) packed = packed * 36 + code - 87;
		else if (code >= 48 && code <= 57) packed = packed * 36 + code - 48;
		else return NaN;
	}
	return packed;
}

/** How many digits a whole number from 0 has in base 36. */
export function packedLength(number: number): number {
	let length = 1;
	for (let limit = 36; limit <= number; limit *= 36) length++;
	return length;
}

const [ZERO, DASH, COLON, LETTER_T, LETTER_Z] = [48, 45, 58, 84, 90];
const DAYS_BEFORE_MONTH = [0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
const DAYS_IN_MONTH = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const LEAP_DAYS_BEFORE_1970 = 477;
const NO_DIGITS = -100_000;

/**
 * Seconds since 1970 of `YYYY-MM-DDTHH:MM:SSZ`, or -1 for any other text and any date that does not
 * exist. By hand and in whole numbers because it runs twice a person and poll: `Date.parse` takes
 * several times as long, and corrects dates (31 February) instead of refusing them.
 */
export function secondsOf(text: string): number {
	if (!hasDateShape(text)) return -1;
	const year = twoDigits(text, 0) * 100 + twoDigits(text, 2);
	const month = twoDigits(text, 5);
	const day = twoDigits(text, 8);
	if (year < 1970 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return -1;
	const hour = twoDigits(text, 11);
	const minute = twoDigits(text, 14);
	const second = twoDigits(text, 17);
	if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return -1;
	return daysSince1970(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second;
}

function hasDateShape(text: string): boolean {
	return (
		text.length === 20 &&
		text.charCodeAt(4) === DASH &&
		text.charCodeAt(7) === DASH &&
		text.charCodeAt(10) === LETTER_T &&
		text.charCodeAt(13) === COLON &&
		text.charCodeAt(16) === COLON &&
		text.charCodeAt(19) === LETTER_Z
	);
}

function twoDigits(text: string, at: number): number {
	const tens = text.charCodeAt(at) - ZERO;
	const ones = text.charCodeAt(at + 1) - ZERO;
	return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : NO_DIGITS;
}

function isLeap(year: number): boolean {
	return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

function daysIn(year: number, month: number): number {
	return month === 2 && isLeap(year) ? 29 : DAYS_IN_MONTH[month];
}

function daysSince1970(year: number, month: number, day: number): number {
	const before = year - 1;
	const centuries = Math.trunc(before / 100);
	const leapDays =
		Math.trunc(before / 4) - centuries + Math.trunc(centuries / 4) - LEAP_DAYS_BEFORE_1970;
	const thisLeapDay = month > 2 && isLeap(year) ? 1 : 0;
	return (year - 1970) * 365 + leapDays + thisLeapDay + DAYS_BEFORE_MONTH[month] + day - 1;
}

/** Small numbers, most of them zero: base 36, zeros left out, zeros at the end dropped. */
export function packNumbers(numbers: readonly number[]): string {
	return numbers
		.map((number) => (number === 0 ? '' : number.toString(36)))
		.join(',')
		.replace(/,+$/, '');
}

/** The reverse of {@link packNumbers}, filled with zeros up to `count`. */
export function unpackNumbers(packed: string, count: number): number[] {
	const parts = packed.split(',');
	return Array.from({ length: count }, (_, at) => parseInt(parts[at] || '0', 36));
}

/** Fields to one text, the empty ones at the end left out. */
export function joinFields(fields: readonly string[]): string {
	return fields.join(FIELD).replace(/\|+$/, '');
}

/** Texts that many people share (roles), each kept once and named by its place. */
export class TextTable {
	private readonly places = new Map<string, number>();

	readonly texts: string[];

	constructor(texts: readonly string[] = []) {
		this.texts = [...texts];
		this.texts.forEach((text, place) => this.places.set(text, place));
	}

	/** The place of the text in base 36; a new text gets the next place. */
	placeOf(text: string): string {
		let place = this.places.get(text);
		if (place === undefined) {
			place = this.texts.length;
			this.texts.push(text);
			this.places.set(text, place);
		}
		return place.toString(36);
	}

	/** The text at a place; `undefined` where there is none. */
	textAt(place: number): string | undefined {
		return this.texts[place];
	}
}
