import type { RateLimit } from './types.mts';

/** Lets a number of requests pass in any one second, by the machine's own clock. */
export class RateGate {
	private passed: number[] = [];

	/** The headers of the refusal, or undefined when the request may pass. */
	refusal(limit: RateLimit | null): Record<string, string> | undefined {
		if (!limit) return undefined;
		const now = performance.now();
		this.passed = this.passed.filter((time) => time > now - 1000);
		if (this.passed.length < limit.perSecond) {
			this.passed.push(now);
			return undefined;
		}
		return retryAfter(limit.retryAfter, 1);
	}
}

/** A Retry-After header in seconds or as an HTTP date (RFC 9110), or none. */
export function retryAfter(form: RateLimit['retryAfter'], seconds: number): Record<string, string> {
	if (form === 'none') return {};
	if (form === 'seconds') return { 'retry-after': String(seconds) };
	return { 'retry-after': new Date(Date.now() + seconds * 1000 + 999).toUTCString() };
}
