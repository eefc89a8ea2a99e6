// The figures: their goals, and how they are shown.

/** What a figure is called, in the order of the table. */
export const KEYS = [
	'listWallVsHttpRequestNode',
	'listRequests',
	'listCpuVsHttpRequestNode',
	'pollWallVsList',
	'diffVsParse',
	'pollGrowth',
	'pollMaxBlockMs',
	'pollHeapMb',
	'stateBytesPerMember',
	'batchWallVsSequential',
	'throttledLost',
	'throttledRepeated',
	'throttledWallVsIdeal',
	'pollRequestsPerDay1000x50',
	'packedKb',
	'loadMs',
] as const;

export type Key = (typeof KEYS)[number];

export interface Figure {
	/** A number, or a few with names; null where it could not be measured here. */
	value: number | Readonly<Record<string, number>> | null;
	/** Undefined where nothing was measured to hold against the goal. */
	met: boolean | undefined;
	/** What the figure is made of. */
	details: string;
}

export type Figures = Partial<Record<Key, Figure>>;

const GOALS: Readonly<Record<Key, { limit: number; text: string }>> = {
	listWallVsHttpRequestNode: { limit: 0.2, text: 'at most 0.20' },
	listRequests: { limit: 100, text: '100' },
	listCpuVsHttpRequestNode: { limit: 1, text: 'at most 1.0' },
	pollWallVsList: { limit: 1.3, text: 'at most 1.3' },
	diffVsParse: { limit: Infinity, text: 'none' },
	pollGrowth: { limit: Infinity, text: 'none' },
	pollMaxBlockMs: { limit: 50, text: 'at most 50' },
	pollHeapMb: { limit: 150, text: 'at most 150' },
	stateBytesPerMember: { limit: 250, text: 'at most 250' },
	batchWallVsSequential: { limit: 0.25, text: 'at most 0.25' },
	throttledLost: { limit: 0, text: '0' },
	throttledRepeated: { limit: 0, text: '0' },
	throttledWallVsIdeal: { limit: 1.6, text: 'at most 1.6' },
	pollRequestsPerDay1000x50: { limit: NaN, text: 'no business starves' },
	packedKb: { limit: 150, text: 'at most 150' },
	loadMs: { limit: 3, text: 'at most 3 x empty' },
};

function rounded(value: number): number {
	return Number(value.toPrecision(3));
}

/** A figure that is held against its goal's limit; undefined could not be measured here. */
export function figure(key: Key, value: number | undefined, details: string): Figures {
	if (value === undefined) return { [key]: { value: null, met: undefined, details } };
	return { [key]: { value: rounded(value), met: value <= GOALS[key].limit, details } };
}

/** A figure of several numbers, of which `compared` is held against the limit. */
export function figureOf(key: Key, values: Record<string, number>, compared: number): Figures {
	const value = Object.fromEntries(Object.entries(values).map(([name, number]) => [name, rounded(number)]));
	const details = Object.entries(value).map(([name, number]) => `${name} ${number}`).join(', ');
	return { [key]: { value, met: compared <= GOALS[key].limit, details } };
}

/** A figure whose goal is no number. */
export function told(key: Key, value: Readonly<Record<string, number>>, met: boolean, details: string): Figures {
	return { [key]: { value, met, details } };
}

function verdict({ met }: Figure): string {
	if (met === undefined) return 'not measured';
	return met ? 'met' : 'NOT MET';
}

function headline({ value }: Figure): string {
	if (value === null) return '-';
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

/** The figures as one line of JSON. */
export function json(figures: Figures): string {
	return JSON.stringify(Object.fromEntries(KEYS.flatMap((key) => (figures[key] ? [[key, figures[key].value]] : []))));
}
