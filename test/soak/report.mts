// The result of a campaign, as tables.
import { markdownTable } from '../e2e/trigger/table.mts';
import { countOf, KINDS, type Verdict } from './campaign.mts';

/** In a campaign of at least so many minutes, every kind of fault must have occurred. */
const ALL_FAULTS_FROM_MINUTES = 5;

function total({ faults }: Verdict): number {
	return Object.values(faults).reduce((sum, count) => sum + count, 0);
}

/** The failures of a campaign, in words; empty if it passed. */
export function problemsOf(verdict: Verdict): string[] {
	const { findings, faults, secrets, minutes } = verdict;
	const missing = Object.entries(faults).filter(([, count]) => count === 0).map(([fault]) => `The fault '${fault}' never occurred.`);
	return [
		...findings.map(({ kind, words }) => `${kind}: ${words}`),
		...secrets.findings.map((finding) => `secret: ${finding}`),
		...(minutes >= ALL_FAULTS_FROM_MINUTES ? missing : []),
	];
}

function summary(verdict: Verdict): string[][] {
	const { minutes, seed, requests, changes, emitted } = verdict;
	const head = ['minutes', 'seed', 'requests', 'faults', 'changes', 'emitted', 'false', 'lost', 'repeated', 'invited twice', 'wrong write', 'silent'];
	return [head, [minutes, seed, requests, total(verdict), changes, emitted, ...KINDS.map((kind) => countOf(verdict, kind))].map(String)];
}

/** The tables in Markdown, to be read on a terminal or pasted into docs/reliability.md. */
export function tablesOf(verdict: Verdict): string {
	const { actions, provider, faults, secrets, failedPolls, settledInSeconds } = verdict;
	const errorExecutions = Object.values(failedPolls).reduce((sum, count) => sum + count, 0);
	const beside =
		`Actions: ${actions.asked}, done ${actions.done}, ended with an error ${actions.failed}. ` +
		`Identity provider: ${provider.people} people assigned or deactivated in ${provider.attempts} attempts, with the answers ${Object.entries(provider.answers).map(([status, count]) => `${status} ${count} times`).join(', ')}. ` +
		`Error executions of triggers: ${errorExecutions}. Settled ${settledInSeconds} s after the last fault. ` +
		`${secrets.searched} secrets searched for in ${secrets.files} files: ${secrets.findings.length} found.`;
	const kinds = [['fault', 'times'], ...Object.entries(faults).map(([fault, count]) => [fault, String(count)])];
	return [markdownTable(summary(verdict), 0), markdownTable(kinds, 1), beside].join('\n\n');
}
