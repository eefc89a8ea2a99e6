// npm run e2e:versions -- 1.123.81 2.0.3 ...: the packed package in real n8n releases, each installed below
// .cache/n8n-versions (2 to 3 GB each, minutes), tested, and removed again; prints one row per release.
// --keep leaves the installed releases where they are.
import { copyFile, mkdir, rm } from 'node:fs/promises';
import { constants, setPriority } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { CACHE, installN8n, packPackage, type Packed } from '../../sandbox/n8n/index.mts';
import { giveUp } from '../../scripts/lib/run.mts';
import { homeOf, installRelease } from './install.mts';
import { CHECKS, probeRelease, type Findings } from './probe.mts';

interface Row {
	readonly version: string;
	readonly node: string;
	/** Undefined: it did not install, and the note says why. */
	readonly findings?: Findings;
	readonly note: string;
}

const HEAD = ['n8n', 'Node.js', ...CHECKS, 'note'];

function cells({ version, node, findings, note }: Row): string[] {
	const checks = CHECKS.map((check) => (findings === undefined ? '-' : findings[check] === undefined ? 'yes' : 'no'));
	return [version, node, ...checks, note].map((cell) => cell.replaceAll('|', '\\|'));
}

function table(rows: Row[]): string {
	const lines = [HEAD, HEAD.map(() => '---'), ...rows.map(cells)];
	return lines.map((line) => `| ${line.join(' | ')} |`).join('\n');
}

function noteOf(findings: Findings): string {
	const found = CHECKS.flatMap((check) => (findings[check] === undefined ? [] : [`${check}: ${findings[check]}`]));
	return found.join('. ');
}

async function measure(version: string, packed: Packed, keep: boolean): Promise<Row> {
	try {
		console.log(`${version}: installing`);
		const release = await installRelease(version);
		console.log(`${version}: on Node.js ${release.nodeVersion}`);
		const findings = await probeRelease(release, packed);
		return { version, node: release.nodeVersion, findings, note: noteOf(findings) };
	} catch (error) {
		const reason = error instanceof Error ? error.message : String(error);
		return { version, node: '-', note: reason.replace(/\s+/g, ' ').slice(0, 600) };
	} finally {
		if (!keep) await rm(homeOf(version), { recursive: true, force: true });
	}
}

/** A copy of the packed package: the one in the cache changes with the sources, and a run takes an hour. */
async function packedCopy(): Promise<Packed> {
	const packed = await packPackage();
	const tarball = path.join(CACHE, 'n8n-versions', `${process.pid}.tgz`);
	await mkdir(path.dirname(tarball), { recursive: true });
	await copyFile(packed.tarball, tarball);
	return { ...packed, tarball };
}

async function main(): Promise<void> {
	const { values, positionals } = parseArgs({ options: { keep: { type: 'boolean', default: false } }, allowPositionals: true });
	if (positionals.length === 0) throw new Error('Name the releases to try: npm run e2e:versions -- 1.123.81 2.0.3');
	// Its child processes inherit this timeout.
	setPriority(constants.priority.PRIORITY_LOW);
	await installN8n();
	const packed = await packedCopy();
	const rows: Row[] = [];
	for (const version of positionals) {
		rows.push(await measure(version, packed, values.keep));
		console.log(`\n${table(rows)}\n`);
	}
	await rm(packed.tarball);
}

main().catch(giveUp);
