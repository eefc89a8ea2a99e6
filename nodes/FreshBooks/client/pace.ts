/**
 * How fast requests may begin once FreshBooks has said 429. Pure; times are epoch milliseconds.
 *
 * FreshBooks publishes no limit, so it is felt for. After a 429 requests begin at 0.7 of the rate that got through; from there
 * the rate climbs back, dwells where the 429 came, and then goes beyond it faster and faster until the next one: the curve of
 * TCP CUBIC (RFC 9438), which AWS's SDKs follow in their "adaptive" retry mode. It climbs with answers, not with time, because
 * an idle minute proves nothing.
 */

const SECOND_MS = 1_000;
/** RFC 9438, 4.6 and 5.1. */
const AFTER_THROTTLING = 0.7;
const STEEPNESS = 0.4;
/** Requests a second that are never gone below. */
const SLOWEST = 1;
/** Requests a second that twelve at once do not reach at FreshBooks' latency: from there on nothing is held up. */
const FASTEST = 100;

export class Pace {
	/** When the successful answers of the last second came. */
	private answeredAt: number[] = [];

	/** Requests a second that got through when the last 429 came; Infinity before the first and after a full recovery. */
	private peak = Infinity;

	/** Seconds' worth of answers since then. */
	private age = 0;

	private slowedAt = -Infinity;

	private nextAt = -Infinity;

	/** When the next request may begin. */
	get nextStartAt(): number {
		return this.nextAt;
	}

	/** Requests a second. */
	get perSecond(): number {
		const backAtPeak = Math.cbrt((this.peak * (1 - AFTER_THROTTLING)) / STEEPNESS);
		return this.peak === Infinity ? Infinity : this.peak + STEEPNESS * (this.age - backAtPeak) ** 3;
	}

	/** A request begins. A late one does not push back those after it. */
	begin(now: number): void {
		this.nextAt = Math.max(now, this.nextAt + SECOND_MS / this.perSecond);
	}

	/** A request got through. */
	succeed(now: number): void {
		this.answeredAt.push(now);
		this.forgetBefore(now - SECOND_MS);
		if (this.peak === Infinity) return;
		this.age += 1 / this.perSecond;
		if (this.perSecond > FASTEST) this.peak = Infinity;
	}

	/**
	 * A request was answered 429. Slows down once for all requests that were under way at the same time: returns false for one
	 * that began before the last slowing down. The requests of the last second count as if they had been spread over it, so
	 * what comes after a burst waits until the second is over.
	 */
	slowDown(beganAt: number, now: number): boolean {
		if (beganAt < this.slowedAt) return false;
		this.forgetBefore(now - SECOND_MS);
		this.peak = Math.max(SLOWEST, Math.min(this.answeredAt.length, this.perSecond));
		this.age = 0;
		this.slowedAt = now;
		if (this.answeredAt.length > 0) this.nextAt = Math.max(this.nextAt, this.answeredAt[0] + SECOND_MS);
		return true;
	}

	/** The clock was set back by so much. */
	setBack(ms: number): void {
		this.answeredAt = this.answeredAt.map((time) => time - ms);
		this.slowedAt -= ms;
		this.nextAt -= ms;
	}

	private forgetBefore(time: number): void {
		while (this.answeredAt.length > 0 && this.answeredAt[0] <= time) this.answeredAt.shift();
	}
}
