// The figures: their goals and their presentation.

/** The names of the figures, in the order of the table. */
export const KEYS = [
	'listWallVsHttpRequestNode',
	'listRequests',
	'listCpuVsHttpRequestNode',
	'pollWallVsList',
	'pollQuietBlockMs',
	'pollChangeBlockMs',
	'pollHeapMb',
	'stateBytesPerMember',
	'batchWallVsSequential',
	'throttledLost',
	'throttledRepeated',
	'throttledWallVsIdeal',
	'pollCosts',
	'pollRequestsPerDay1000x50',
	'scimImportVsList',
	'scimAtOnceVsList',
	'packedKb',
	'loadMs',
] as const;

export type Key = (typeof KEYS)[number];

export interface Figure {
	/** A number, or a few with names; null if it could not be measured here. */
	value: number | Readonly<Record<string, number>> | readonly CostRow[] | null;
	/** Undefined if there is no goal, or nothing was measured to compare with it. */
	met: boolean | undefined;
	/** How the figure was computed. */
	details: string;
}

/** What a poll of one business costs; times are medians in milliseconds. */
export interface CostRow {
	people: number;
	/** Requests of a poll in which nobody changed, and of one in which some did. */
	quietRequests: number;
	changeRequests: number;
	pollMs: number;
	/** Reading the same list with as many requests at once. */
	listMs: number;
	/** The longest time without a turn of the event loop: CPU time of the thread, and time by the clock. */
	quietWorkMs: number;
	quietBlockMs: number;
	changeWorkMs: number;
	changeBlockMs: number;
	bytesPerPerson: number;
}

export type Figures = Partial<Record<Key, Figure>>;

const GOALS: Readonly<Record<Key, { limit: number; text: string }>> = {
	listWallVsHttpRequestNode: { limit: 0.2, text: 'at most 0.20' },
	listRequests: { limit: 100, text: 'at most 100' },
	listCpuVsHttpRequestNode: { limit: 1, text: 'at most 1.0' },
	pollWallVsList: { limit: 1.3, text: 'at most 1.3' },
	pollQuietBlockMs: { limit: 50, text: 'at most 50' },
	pollChangeBlockMs: { limit: 150, text: 'at most 150' },
	pollHeapMb: { limit: 150, text: 'at most 150' },
	stateBytesPerMember: { limit: 250, text: 'at most 250' },
	batchWallVsSequential: { limit: 0.25, text: 'at most 0.25' },
	throttledLost: { limit: 0, text: '0' },
	throttledRepeated: { limit: 0, text: '0' },
	throttledWallVsIdeal: { limit: 1.6, text: 'at most 1.6' },
	pollCosts: { limit: NaN, text: 'none' },
	pollRequestsPerDay1000x50: { limit: NaN, text: 'no business starves' },
	scimImportVsList: { limit: 1.3, text: 'at most 1.3' },
	scimAtOnceVsList: { limit: 1, text: 'at most 1.0' },
	packedKb: { limit: 150, text: 'at most 150' },
	loadMs: { limit: 3, text: 'at most 3 x empty' },
};

function rounded(value: number): number {
	return Number(value.toPrecision(3));
}

/** A figure that is compared with its goal's limit; undefined if it could not be measured here. */
export function figure(key: Key, value: number | undefined, details: string): Figures {
	if (value === undefined) return { [key]: { value: null, met: undefined, details } };
	return { [key]: { value: rounded(value), met: value <= GOALS[key].limit, details } };
}

/** A figure of several numbers; `compared` is compared with the limit. */
export function figureOf(key: Key, values: Record<string, number>, compared: number): Figures {
	const value = Object.fromEntries(Object.entries(values).map(([name, number]) => [name, rounded(number)]));
	const details = Object.entries(value).map(([name, number]) => `${name} ${number}`).join(', ');
	return { [key]: { value, met: compared <= GOALS[key].limit, details } };
}

/** What a poll costs at each size; its goals are figures of their own. */
export function costs(rows: readonly CostRow[]): Figures {
	const value = rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, number]: [string, number]) => [name, Number.isInteger(number) ? number : rounded(number)])) as unknown as CostRow);
	return { pollCosts: { value, met: undefined, details: 'the table below' } };
}

/** A figure whose goal is not a number. */
export function figureWithoutLimit(key: Key, value: Readonly<Record<string, number>>, met: boolean, details: string): Figures {
	return { [key]: { value, met, details } };
}

function verdict({ met, value }: Figure): string {
	if (met === undefined) return value === null ? 'not measured' : '';
	return met ? 'met' : 'NOT MET';
}

function headline({ value }: Figure): string {
	if (value === null || Array.isArray(value)) return '-';
	return String(typeof value === 'number' ? value : Object.values(value)[0]);
}

/** The figures as a table for people. */
export function table(figures: Figures): string {
	const rows = KEYS.flatMap((key) => {
		const one = figures[key];
		return one ? [[key, headline(one), GOALS[key].text, verdict(one), one.details]] : [];
	});
	const all = [['figure', 'measured', 'goal', '', 'made of'], ...rows];
	const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
	return all.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd()).join('\n');
}

function costCells(row: CostRow): string[] {
	const inSeconds = (ms: number): string => (ms / 1000).toFixed(2);
	return [
		row.people.toLocaleString('en'), `${row.quietRequests}, ${row.changeRequests}`,
		`${inSeconds(row.pollMs)} s, ${inSeconds(row.listMs)} s`, (row.pollMs / row.listMs).toFixed(2),
		`${row.quietWorkMs.toFixed(0)} ms (${row.quietBlockMs.toFixed(0)})`, `${row.changeWorkMs.toFixed(0)} ms (${row.changeBlockMs.toFixed(0)})`,
		row.bytesPerPerson.toFixed(0),
	];
}

/** What a poll costs, as the table of docs/scaling.md; undefined if it was not measured. */
export function costTable({ pollCosts }: Figures): string | undefined {
	if (!Array.isArray(pollCosts?.value)) return undefined;
	const rows = [
		['people', 'requests: nobody changed, somebody did', 'poll, list', 'poll / list', 'longest block at work (by the clock): nobody changed', 'somebody did', 'bytes a person'],
		['---:', '---', '---', '---:', '---:', '---:', '---:'],
		...(pollCosts.value as readonly CostRow[]).map(costCells),
	];
	return rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** The figures as one line of JSON. */
export function json(figures: Figures): string {
	return JSON.stringify(Object.fromEntries(KEYS.flatMap((key) => (figures[key] ? [[key, figures[key].value]] : []))));
}
