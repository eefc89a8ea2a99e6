// The packed package: what is in it, and that Node, n8n and a plain tsc build find what they need.
import assert from 'node:assert/strict';
import { cp, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { runCommand } from '../../sandbox/n8n/command.mts';
import { packPackage, unpack } from '../../sandbox/n8n/package.mts';
import { ROOT } from '../../sandbox/n8n/paths.mts';

const NAME = 'n8n-nodes-freshbooks';
const CLASSES = ['FreshBooks', 'FreshBooksOAuth2Api', 'FreshBooksScimApi', 'FreshBooksScimTrigger', 'FreshBooksTrigger'];
const NODES = ['freshBooks', 'freshBooksScimTrigger', 'freshBooksTrigger'];
/** What n8n or npm reads: compiled code, codex, output schemas, icons, and npm's own files. */
const EXPECTED = [
	/^dist\/(nodes|credentials)\/.+\.js$/,
	/^dist\/nodes\/\w+\/\w+\.node\.json$/,
	/^dist\/nodes\/\w+\/__schema__\/v[\d.]+(\/\w+\/\w+)?\.json$/,
	/^dist\/icons\/freshbooks(\.dark)?\.svg$/,
	/^(index\.js|package\.json|README\.md|LICENSE\.md)$/,
];

let folder: string;
let unpacked: string;

/** Every file below a folder, by its path from there. */
async function filesBelow(root: string): Promise<string[]> {
	const entries = await readdir(root, { recursive: true, withFileTypes: true });
	return entries
		.filter((entry) => entry.isFile())
		.map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/'))
		.sort();
}

/** The content of a file: JSON parsed, because tsc changes its spaces. */
async function contentOf(file: string): Promise<unknown> {
	const text = await readFile(file, 'utf8');
	return file.endsWith('.json') ? JSON.parse(text) : text;
}

before(async () => {
	folder = await mkdtemp(path.join(tmpdir(), 'freshbooks-packaging-'));
	unpacked = path.join(folder, 'node_modules', NAME);
	// n8n-core writes its settings file there on first use.
	process.env['N8N_USER_FOLDER'] = folder;
	await unpack((await packPackage()).tarball, unpacked);
});
after(async () => await rm(folder, { recursive: true, force: true }));

describe('the tarball', () => {
	test('holds nothing but what n8n and npm read', async () => {
		const stray = (await filesBelow(unpacked)).filter((file) => !EXPECTED.some((pattern) => pattern.test(file)));
		assert.deepEqual(stray, []);
	});

	test('holds every file that package.json names', async () => {
		const manifest = JSON.parse(await readFile(path.join(unpacked, 'package.json'), 'utf8')) as {
			main: string;
			n8n: { nodes: string[]; credentials: string[] };
		};
		const files = new Set(await filesBelow(unpacked));
		const named = [manifest.main, ...manifest.n8n.nodes, ...manifest.n8n.credentials];
		assert.deepEqual(named.filter((file) => !files.has(file)), []);
	});
});

describe('index.js', () => {
	test('exports every class of the installed package', async () => {
		const script = `process.stdout.write(JSON.stringify(Object.entries(require('${NAME}')).map(([name, one]) => [name, typeof one, one.name])))`;
		// As in n8n's folder of community packages, n8n-workflow is found through NODE_PATH alone.
		const printed = await runCommand(process.execPath, ['-e', script], {
			cwd: folder,
			env: { ...process.env, NODE_PATH: path.join(ROOT, 'node_modules') },
		});
		assert.deepEqual(JSON.parse(printed), CLASSES.map((name) => [name, 'function', name]));
	});
});

describe("n8n's own loader", () => {
	test('finds the nodes with their icons and codex, and both credentials', async () => {
		await symlink(path.join(ROOT, 'node_modules/n8n-workflow'), path.join(folder, 'node_modules/n8n-workflow'));
		await import('reflect-metadata');
		const { PackageDirectoryLoader } = await import('n8n-core');
		const loader = new PackageDirectoryLoader(unpacked);
		await loader.loadAll();
		assert.deepEqual(Object.keys(loader.nodeTypes).sort(), NODES);
		assert.deepEqual(Object.keys(loader.credentialTypes), ['freshBooksOAuth2Api', 'freshBooksScimApi']);
		for (const { name, iconUrl, codex } of loader.types.nodes) {
			assert.deepEqual(iconUrl, {
				light: `icons/${NAME}/dist/icons/freshbooks.svg`,
				dark: `icons/${NAME}/dist/icons/freshbooks.dark.svg`,
			}, name);
			assert.ok(codex?.categories?.includes('Finance & Accounting'), `${name} has its category`);
			assert.ok(codex?.resources?.primaryDocumentation?.length, `${name} links its documentation`);
		}
		for (const { name, iconUrl } of loader.types.credentials) assert.ok(iconUrl, `${name} has an icon`);
	});
});

describe('gulp', () => {
	test('after plain tsc, leaves in dist exactly what npm run build leaves for n8n', async () => {
		const checkout = path.join(folder, 'checkout');
		for (const one of ['nodes', 'credentials', 'icons', 'package.json', 'tsconfig.json', 'gulpfile.js']) {
			await cp(path.join(ROOT, one), path.join(checkout, one), { recursive: true });
		}
		await symlink(path.join(ROOT, 'node_modules'), path.join(checkout, 'node_modules'));
		await runCommand('tsc', [], { cwd: checkout });
		await runCommand('gulp', ['build:assets', 'build:compact', '--series'], { cwd: checkout });
		const built = await filesBelow(path.join(checkout, 'dist'));
		const packed = (await filesBelow(unpacked)).filter((file) => file.startsWith('dist/')).map((file) => file.slice('dist/'.length));
		assert.deepEqual(built, packed);
		for (const file of built) {
			const ours = await contentOf(path.join(checkout, 'dist', file));
			assert.deepEqual(ours, await contentOf(path.join(unpacked, 'dist', file)), `${file} is the same`);
		}
	});
});
