const EASTERN = new Intl.DateTimeFormat('en-CA', {
	timeZone: 'America/New_York', hourCycle: 'h23',
	year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit',
});

/** ISO 8601 in UTC without fractions, as the team endpoints write it (FreshBooks API docs, Team Members page). */
export function utc(time: number): string {
	return new Date(time).toISOString().replace(/\.\d{3}Z$/, 'Z');
}

/**
 * `YYYY-MM-DD HH:MM:SS` without a zone, meaning America/New_York, as accounting endpoints write it
 * (FreshBooks API docs, Staff page; FreshBooks' SDKs read it as Eastern time).
 */
export function naiveEastern(isoTime: string): string {
	return EASTERN.format(new Date(isoTime)).replace(', ', ' ');
}
