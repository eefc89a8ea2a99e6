import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { CACHE } from '../../sandbox/n8n/index.mts';
import { markdownTable } from '../e2e/trigger/table.mts';
import type { Campaign, PollWrites } from './campaign.mts';
import type { Memory } from './memory.mts';

/** One line: the result of a part of a scenario. */
export interface Row {
	readonly scenario: string;
	readonly part: string;
	/** Actions sent, or changes that the trigger must report. */
	readonly sent: number;
	readonly done: number;
	readonly repeated: number;
	readonly lost: number;
	readonly untrue: number;
	/** Of the complete scenario, in the row of its trigger. */
	readonly refreshes?: number;
	readonly reused?: number;
	readonly note: string;
}

const REPORTS = path.join(CACHE, 'reports');
const HEAD = ['scenario', 'part', 'sent', 'done', 'repeated', 'lost', 'false', 'refreshes', 'reused'];

function cells({ scenario, part, sent, done, repeated, lost, untrue, refreshes, reused }: Row): string[] {
	return [scenario, part, ...[sent, done, repeated, lost, untrue].map(String), ...[refreshes, reused].map((count) => (count === undefined ? '' : String(count)))];
}

function memoryCells({ name, processes, rssMb, pssMb, peakMb }: Memory): string[] {
	return [name, ...[processes, rssMb, pssMb, peakMb].map(String)];
}

function writesCells({ engine, what, writes: { polls, rows, walBytes } }: PollWrites): string[] {
	const perPoll = (count: number): string => (count / polls).toFixed(1);
	const tables = Object.entries(rows).sort(([, a], [, b]) => b - a);
	const each = tables.map(([table, count]) => `${table} ${perPoll(count)}`).filter((text) => !text.endsWith(' 0.0'));
	const all = tables.reduce((sum, [, count]) => sum + count, 0);
	return [engine, what, each.join(', ') || 'none', perPoll(all), perPoll(walBytes / 1024)];
}

/** The three tables and the notes, as printed. */
function render({ rows, memory, pollWrites, wrong }: Campaign): string {
	const notes = rows.map(({ scenario, part, note }) => `- ${scenario}, ${part}: ${note}`);
	return [
		markdownTable([HEAD, ...rows.map(cells)], 2),
		notes.join('\n'),
		'Memory after the actions, in MB:',
		markdownTable([['program', 'processes', 'RSS', 'PSS', 'peak RSS'], ...memory.map(memoryCells)], 1),
		'Writes to the database, a poll:',
		markdownTable([['engine', 'poll', 'rows by table', 'rows', 'WAL in KB'], ...pollWrites.map(writesCells)], 3),
		wrong.length === 0 ? 'No false report, no token used twice, nothing lost except what n8n itself gave up.' : `WRONG:\n${wrong.map((one) => `- ${one}`).join('\n')}`,
	].join('\n\n');
}

/** Prints the result of the campaign and stores it in `.cache/reports`. */
export async function report(campaign: Campaign): Promise<void> {
	const text = render(campaign);
	const { rows, memory, pollWrites, wrong } = campaign;
	await mkdir(REPORTS, { recursive: true });
	await writeFile(path.join(REPORTS, 'queue.json'), JSON.stringify({ rows, memory, pollWrites, wrong }, undefined, '\t'));
	await writeFile(path.join(REPORTS, 'queue.md'), `${text}\n`);
	console.log(`\nOn n8n's distributed engine, compared with the sandbox's own history:\n\n${text}\n`);
}
