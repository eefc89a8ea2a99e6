// node scripts/sum-reports.mjs <script> ...: adds up the scripts' reports in .cache/reports and
// prints one line. A script without a report counts as one failure.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const reports = new URL('../.cache/reports/', import.meta.url);
let passed = 0;
let failed = 0;

for (const script of process.argv.slice(2)) {
	try {
		const counts = JSON.parse(readFileSync(fileURLToPath(new URL(`total-${script}.json`, reports)), 'utf8'));
		passed += counts.passed;
		failed += counts.failed;
	} catch {
		console.error(`'npm run ${script}' left no report.`);
		failed += 1;
	}
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
