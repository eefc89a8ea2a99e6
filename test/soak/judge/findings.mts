/** What is counted, and is to be zero. */
export type FindingKind = 'false' | 'lost' | 'repeated' | 'invited twice' | 'wrong write' | 'silent';

/** One offending case, in words. */
export interface Finding {
	readonly kind: FindingKind;
	/** Milliseconds. */
	readonly at: number;
	readonly words: string;
}

/** A time as it is written: of the day, to the millisecond, in UTC. */
export function clock(time: number): string {
	return Number.isFinite(time) ? new Date(time).toISOString().slice(11, 23) : 'the beginning';
}
