import { setTimeout as sleep } from 'node:timers/promises';
import type { Postgres } from './services.mts';

/** PostgreSQL's own counts. */
interface Counters {
	/** Rows inserted, updated and deleted, by table. */
	readonly rows: ReadonlyMap<string, number>;
	/** Bytes of write-ahead log, which go to the disk and to a replica. */
	readonly walBytes: number;
}

/** The writes between two readings. */
export interface Writes {
	/** Polls in between. */
	readonly polls: number;
	readonly rows: Readonly<Record<string, number>>;
	readonly walBytes: number;
}

/** The writes of one change: those of `changing` without those of its polls without a change. */
export function writesOfOneChange(changing: Writes, idle: Writes, changes: number): Writes {
	const share = (changing.polls - changes) / Math.max(1, idle.polls);
	const beyond = (count: number, without = 0): number => Math.max(0, count - without * share) / changes;
	const rows = Object.entries(changing.rows).map(([table, count]) => [table, beyond(count, idle.rows[table])] as const);
	return { polls: 1, rows: Object.fromEntries(rows), walBytes: beyond(changing.walBytes, idle.walBytes) };
}

const COUNTERS = `select relname, n_tup_ins + n_tup_upd + n_tup_del from pg_stat_user_tables`;
const WAL = `select pg_current_wal_lsn() - '0/0'::pg_lsn`;
/** PostgreSQL's processes report what they did up to a second later. */
const REPORTED_AFTER_MS = 2_500;

async function read(postgres: Postgres): Promise<Counters> {
	await sleep(REPORTED_AFTER_MS);
	const rows = await postgres.query(COUNTERS);
	const [[walBytes] = []] = await postgres.query(WAL);
	return { rows: new Map(rows.map(([table = '', count]) => [table, Number(count)])), walBytes: Number(walBytes) };
}

/**
 * Counts all writes while `work` runs, and by how much `polls` increases between the two readings.
 */
export async function writesDuring(postgres: Postgres, polls: () => number, work: () => Promise<void>): Promise<Writes> {
	const before = await read(postgres);
	const from = polls();
	await work();
	const after = await read(postgres);
	const changed = [...after.rows].map(([table, count]) => [table, count - (before.rows.get(table) ?? 0)] as const);
	const rows = Object.fromEntries(changed.filter(([, count]) => count > 0));
	return { polls: polls() - from, rows, walBytes: after.walBytes - before.walBytes };
}
