import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { CACHE } from '../../../sandbox/n8n/index.mts';
import type { Comparison } from './changes.mts';

/** One line of the report: the result of a scenario with one engine. */
export interface Row extends Comparison {
	readonly engine: string;
	readonly scenario: string;
	/** Error executions, by message. */
	readonly errors: string[];
	readonly polls: number;
	readonly seconds: number;
}

const REPORTS = path.join(CACHE, 'reports');
const HEAD = ['engine', 'scenario', 'changes made', 'emitted', 'false', 'lost', 'repeated', 'errors', 'polls', 'seconds'];

function cells(row: Row): string[] {
	const { engine, scenario, made, emitted, untrue, lost, repeated, errors, polls, seconds } = row;
	const counts = [made, emitted, untrue, lost, repeated, errors].map((list) => String(list.length));
	return [engine, scenario, ...counts, String(polls), seconds.toFixed(0)];
}

/** A Markdown table that is readable on a terminal. The first columns are text, the others numbers. */
export function markdownTable(lines: readonly string[][], textColumns: number): string {
	const [head = [], ...body] = lines;
	const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
	const isText = (column: number): boolean => column < textColumns;
	const print = (line: string[]): string =>
		`| ${line.map((cell, at) => (isText(at) ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join(' | ')} |`;
	const rule = `| ${widths.map((width, at) => (isText(at) ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
	return [print(head), rule, ...body.map(print)].join('\n');
}

/** Prints the table and saves it in `.cache/reports`. */
export async function reportTable(rows: readonly Row[]): Promise<void> {
	const table = markdownTable([HEAD, ...rows.map(cells)], 2);
	await mkdir(REPORTS, { recursive: true });
	await writeFile(path.join(REPORTS, 'trigger-table.json'), JSON.stringify(rows, undefined, '\t'));
	await writeFile(path.join(REPORTS, 'trigger-table.md'), `${table}\n`);
	console.log(`\nThe trigger on a real n8n, compared with the sandbox's history:\n\n${table}\n`);
}
