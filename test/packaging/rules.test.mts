// n8n's rules for a verified community node that its lint and its scanner do not check; docs/verification.md says where each rule
// is checked.
import assert from 'node:assert/strict';
import { glob, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { runCommand } from '../../sandbox/n8n/command.mts';
import { packPackage, unpack } from '../../sandbox/n8n/package.mts';
import { ROOT } from '../../sandbox/n8n/paths.mts';

const REPOSITORY = 'https://github.com/n8n-nodes-freshbooks/n8n-nodes-freshbooks';
/** All values of n8n's codex documentation. */
const CATEGORIES = new Set([
	'Data & Storage',
	'Finance & Accounting',
	'Marketing & Content',
	'Productivity',
	'Miscellaneous',
	'Sales',
	'Development',
	'Analytics',
	'Communication',
	'Utility',
]);
const LIFECYCLE_SCRIPTS = ['prepare', 'preinstall', 'install', 'postinstall', 'prepublish', 'preprepare', 'postprepare'];
/** n8n's README template. */
const HEADINGS = ['Installation', 'Operations', 'Credentials', 'Compatibility', 'Resources', 'Version history'];
/** FreshBooks, and the sites to which texts link. */
const HOSTS = ['api.freshbooks.com', 'auth.freshbooks.com', 'docs.n8n.io', 'github.com'];
const MODULES = ['crypto', 'n8n-workflow'];
const OTHER_SCRIPT = /[^\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}]/u;
const OLDEST_NODE_CLI_WITH_PROVENANCE = 23;

interface Manifest {
	readonly [key: string]: unknown;
	readonly name: string;
	readonly version: string;
	readonly scripts: Record<string, string>;
	readonly devDependencies: Record<string, string>;
	readonly n8n: { nodes: string[]; credentials: string[] };
}

let folder: string;
let manifest: Manifest;

async function ofPackage(file: string): Promise<string> {
	return await readFile(path.join(folder, file), 'utf8');
}

async function ofCheckout(file: string): Promise<string> {
	return await readFile(path.join(ROOT, file), 'utf8');
}

async function filesOf(root: string, pattern: string): Promise<string[]> {
	const files: string[] = [];
	for await (const file of glob(pattern, { cwd: root })) files.push(file);
	assert.ok(files.length > 0, `${pattern} finds something`);
	return files.sort();
}

/** Every match of `pattern`'s first group in the packed JavaScript, once. */
async function inCode(pattern: RegExp): Promise<string[]> {
	const files = await filesOf(folder, '**/*.js');
	const found = await Promise.all(files.map(async (file) => [...(await ofPackage(file)).matchAll(pattern)].map(([, match = '']) => match)));
	return [...new Set(found.flat())].sort();
}

before(async () => {
	folder = await mkdtemp(path.join(tmpdir(), 'freshbooks-rules-'));
	await unpack((await packPackage()).tarball, folder);
	manifest = JSON.parse(await ofPackage('package.json')) as Manifest;
});
after(async () => await rm(folder, { recursive: true, force: true }));

describe('package.json', () => {
	test('names the package, its licence, its author and its public repository', async () => {
		assert.match(manifest.name, /^n8n-nodes-[a-z0-9]+(-[a-z0-9]+)*$/);
		assert.equal(manifest['license'], 'MIT');
		assert.match(await ofPackage('LICENSE.md'), /^MIT License/);
		assert.equal((manifest['repository'] as { url: string }).url, `git+${REPOSITORY}.git`);
		assert.equal(manifest['homepage'], REPOSITORY);
		assert.equal((manifest['bugs'] as { url: string }).url, `${REPOSITORY}/issues`);
		const { name, email } = manifest['author'] as Record<string, string>;
		assert.ok(name && email);
		assert.ok((manifest['keywords'] as string[]).includes('n8n-community-node-package'));
	});

	test('has no run-time dependency and no install script', () => {
		assert.deepEqual(manifest['peerDependencies'], { 'n8n-workflow': '*' });
		const absent = ['dependencies', 'optionalDependencies', 'bundleDependencies', 'bundledDependencies', 'overrides', 'bin'];
		assert.deepEqual(absent.filter((key) => key in manifest), []);
		assert.deepEqual(LIFECYCLE_SCRIPTS.filter((script) => script in manifest.scripts), []);
	});

	test("is built, linted and released by n8n's own tool, in a release that publishes with provenance", () => {
		const { build, dev, lint, release, prepublishOnly } = manifest.scripts;
		assert.deepEqual([build, dev, lint, release, prepublishOnly], ['build', 'dev', 'lint', 'release', 'prerelease'].map((name) => `n8n-node ${name}`));
		const [major = 0, minor = 0] = (manifest.devDependencies['@n8n/node-cli'] ?? '').split('.').map(Number);
		assert.ok(major > 0 || minor >= OLDEST_NODE_CLI_WITH_PROVENANCE);
	});

	test('keeps anyone from publishing by hand', async () => {
		const publish = async (RELEASE_MODE?: string): Promise<string> =>
			await runCommand('n8n-node', ['prerelease'], { cwd: ROOT, env: { ...process.env, RELEASE_MODE } });
		await assert.rejects(publish(), /npm run release/);
		await publish('true');
	});
});

describe('the compiled code', () => {
	test("requires itself, n8n-workflow and Node's hashes, nothing else", async () => {
		const required = (await inCode(/\brequire\(["']([^"']+)["']\)/g)).filter((name) => !name.startsWith('.'));
		assert.deepEqual(required, MODULES);
		assert.deepEqual(await inCode(/\b(import\s*\()/g), []);
	});

	test('reads no environment variable and no file, and evaluates no text', async () => {
		assert.deepEqual(await inCode(/(?<![\w.$])(process\s*[.[]|globalThis\b|__dirname\b|__filename\b|eval\s*\(|new Function\b)/g), []);
	});

	test('sends requests to one service only', async () => {
		assert.deepEqual(await inCode(/https?:\/\/([\w.-]+)/g), HOSTS);
	});

	test('has no comment in its source that disables the lint', async () => {
		const sources = await filesOf(ROOT, '{nodes,credentials}/**/*.ts');
		const switching = await Promise.all(sources.map(async (file) => (/eslint-disable|@ts-(ignore|nocheck)/.test(await ofCheckout(file)) ? [file] : [])));
		assert.deepEqual(switching.flat(), []);
	});
});

describe('the texts', () => {
	test('is written in Latin letters', async () => {
		const packed = (await filesOf(folder, '**/*.{js,json,md}')).map((file) => path.join(folder, file));
		const beside = (await filesOf(ROOT, '{*.md,docs/**/*.md,.github/**/*.{md,yml},examples/*.json}')).map((file) => path.join(ROOT, file));
		const foreign = await Promise.all([...packed, ...beside].map(async (file) => (OTHER_SCRIPT.test(await readFile(file, 'utf8')) ? [file] : [])));
		assert.deepEqual(foreign.flat(), []);
	});

	test("has the headings of n8n's README template, in its order", async () => {
		const headings = [...(await ofPackage('README.md')).matchAll(/^## (.+)$/gm)].map(([, heading = '']) => heading);
		assert.deepEqual(headings.filter((heading) => HEADINGS.includes(heading)), HEADINGS);
	});

	test('lists the version of package.json, or the unreleased changes', async () => {
		const changelog = await ofCheckout('CHANGELOG.md');
		assert.match(changelog, /^## \[Unreleased\]$/m);
		const released = [...changelog.matchAll(/^## \[(\d[^\]]*)\] - \d{4}-\d\d-\d\d$/gm)].map(([, version]) => version);
		if (released.length > 0) assert.equal(released[0], manifest.version);
	});
});

describe('each node', () => {
	test("has a codex file with n8n's categories and links that are https", async () => {
		for (const node of manifest.n8n.nodes) {
			const codex = JSON.parse(await ofPackage(node.replace(/\.js$/, '.json'))) as {
				node: string;
				nodeVersion: string;
				codexVersion: string;
				categories: string[];
				resources: Record<string, Array<{ url: string }>>;
			};
			const [file = ''] = path.basename(node).split('.');
			assert.equal(codex.node, `${manifest.name}.${file[0]?.toLowerCase()}${file.slice(1)}`);
			assert.deepEqual([codex.nodeVersion, codex.codexVersion], ['1.0', '1.0']);
			assert.deepEqual(codex.categories.filter((category) => !CATEGORIES.has(category)), [], node);
			for (const kind of ['primaryDocumentation', 'credentialDocumentation']) {
				assert.ok(codex.resources[kind]?.length, `${node} has ${kind}`);
				assert.ok(codex.resources[kind].every(({ url }) => url.startsWith(REPOSITORY)), `${kind} is ours`);
			}
		}
	});

	test('keeps its codex out of its class', async () => {
		for (const node of manifest.n8n.nodes) assert.doesNotMatch(await ofPackage(node), /\bcodex\b/);
	});
});

describe('the icons', () => {
	test('are two square SVGs, one for each theme', async () => {
		const icons = await filesOf(folder, 'dist/icons/*.svg');
		assert.equal(icons.length, 2);
		const [dark = '', light = ''] = await Promise.all(icons.map(ofPackage));
		assert.notEqual(dark, light);
		for (const icon of [dark, light]) {
			const [, width, height] = /viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(icon) ?? [];
			assert.ok(width, 'it has a viewBox');
			assert.equal(width, height);
			assert.doesNotMatch(icon, /<script|href=|<foreignObject/i);
		}
	});
});

describe('.github/workflows', () => {
	test('publish.yml publishes a version tag with provenance, when the tag is the version', async () => {
		const publish = await ofCheckout('.github/workflows/publish.yml');
		for (const line of [
			/^on:\n {2}push:\n {4}tags: \['\[0-9\]\+\.\[0-9\]\+\.\[0-9\]\+'\]$/m,
			/^ {2}contents: read$/m,
			/^ {2}id-token: write$/m,
			/run: test "\$GITHUB_REF_NAME" = "\$\(node -p "require\('\.\/package\.json'\)\.version"\)"$/m,
			/run: grep -F "## \[\$GITHUB_REF_NAME\] - " CHANGELOG\.md$/m,
			/- run: npm ci$/m,
			/- run: npm test$/m,
			/- run: npm run scan$/m,
			/- run: npm run release$/m,
		]) {
			assert.match(publish, line);
		}
	});

	test('ci.yml runs everything for every pull request, and may write nothing', async () => {
		const ci = await ofCheckout('.github/workflows/ci.yml');
		for (const line of [/^ {2}pull_request:$/m, /^permissions:\n {2}contents: read$/m, /- run: bash \.ci\/run$/m]) assert.match(ci, line);
		assert.doesNotMatch(ci, /: write$/m);
	});
});
