import { readdir, readFile } from 'node:fs/promises';
import type { Member } from './cluster.mts';

/** A program's memory, from /proc: with its child processes, without n8n's task runners for Code nodes. */
export interface Memory {
	readonly name: string;
	readonly processes: number;
	readonly rssMb: number;
	/** Proportional set size: shared pages divided among the processes that share them. */
	readonly pssMb: number;
	/** The sum of the largest RSS since the start. */
	readonly peakMb: number;
}

interface Process {
	readonly pid: number;
	readonly parent: number;
	readonly command: string;
}

async function readProcess(pid: number): Promise<Process | undefined> {
	try {
		const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
		// The name, in brackets, may have any characters; the state and the parent follow it.
		const [, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
		const command = await readFile(`/proc/${pid}/cmdline`, 'utf8');
		return { pid, parent: Number(parent), command };
	} catch {
		return undefined;
	}
}

async function processes(): Promise<Process[]> {
	const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
	return (await Promise.all(pids.map(readProcess))).filter((process) => process !== undefined);
}

function descendants(all: readonly Process[], pid: number): Process[] {
	const children = all.filter(({ parent }) => parent === pid);
	return children.flatMap((child) => [child, ...descendants(all, child.pid)]);
}

async function kilobytes(file: string, field: string): Promise<number> {
	const text = await readFile(file, 'utf8').catch(() => '');
	return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0);
}

async function memoryOf(name: string, list: readonly Process[]): Promise<Memory> {
	const sum = async (file: string, field: string): Promise<number> => {
		const values = await Promise.all(list.map(async ({ pid }) => await kilobytes(`/proc/${pid}/${file}`, field)));
		return Math.round(values.reduce((total, value) => total + value, 0) / 1024);
	};
	const [rssMb, pssMb, peakMb] = [await sum('smaps_rollup', 'Rss'), await sum('smaps_rollup', 'Pss'), await sum('status', 'VmHWM')];
	return { name, processes: list.length, rssMb, pssMb, peakMb };
}

/** The memory of each program of the cluster; n8n's task runners, which run Code nodes only, in one row. */
export async function measureMemory(members: readonly Member[]): Promise<Memory[]> {
	const all = await processes();
	const isRunner = ({ command }: Process): boolean => command.includes('task-runner');
	const families = members.map(({ name, pid }) => ({ name, list: pid === undefined ? [] : descendants(all, pid) }));
	const own = families.map(async ({ name, list }) => await memoryOf(name, list.filter((process) => !isRunner(process))));
	const runners = memoryOf("n8n's task runners", families.flatMap(({ list }) => list.filter(isRunner)));
	return await Promise.all([...own, runners]);
}
