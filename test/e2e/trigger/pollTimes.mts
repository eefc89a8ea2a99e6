import type { Json } from '../support.mts';

/** Seconds between two polls. Each poll has its own cron expression, because n8n refuses one that runs more than once a minute. */
const POLL_EVERY_S = 3;
const POLL_SECONDS = Array.from({ length: 60 / POLL_EVERY_S }, (_, index) => index * POLL_EVERY_S);

/** The seconds of the minute with a poll, except those of the next `quietSeconds`. */
function pollSeconds(quietSeconds: number): number[] {
	const now = new Date().getSeconds();
	return POLL_SECONDS.filter((second) => (second - now + 60) % 60 >= quietSeconds);
}

/** The trigger's Poll Times for these seconds of every minute. */
export function pollTimesAt(seconds: readonly number[]): Json {
	return { item: seconds.map((second) => ({ mode: 'custom', cronExpression: `${second} * * * * *` })) };
}

/** The trigger's Poll Times for a poll every three seconds, after this number of seconds without one. */
export function pollTimes(quietSeconds = 0): Json {
	return pollTimesAt(pollSeconds(quietSeconds));
}
