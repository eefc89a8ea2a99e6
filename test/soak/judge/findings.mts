/** The kinds of findings; each count must be zero. */
export type FindingKind = 'false' | 'lost' | 'repeated' | 'invited twice' | 'wrong write' | 'silent';

/** One finding, in words. */
export interface Finding {
	readonly kind: FindingKind;
	/** Milliseconds. */
	readonly at: number;
	readonly words: string;
}

/** A time of the day in UTC, to the millisecond. */
export function clock(time: number): string {
	return Number.isFinite(time) ? new Date(time).toISOString().slice(11, 23) : 'the beginning';
}
