import type { TestEvent } from 'node:test/reporters';

/** A reporter for `node --test`: the run's counts as one JSON object, suites not counted. */
export default async function* nodeTestReporter(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
	for await (const { type, data } of events) {
		// Each file has a summary too; the one of the run has no file.
		if (type !== 'test:summary' || data.file !== undefined) continue;
		const { tests, passed, skipped, todo } = data.counts;
		const left = skipped + todo;
		yield JSON.stringify({ passed, failed: tests - passed - left, skipped: left });
	}
}
