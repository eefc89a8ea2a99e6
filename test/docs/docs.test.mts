// The examples, links and names in README, docs/, CONTRIBUTING and CHANGELOG are right.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { ROOT } from '../../sandbox/n8n/paths.mts';
import { examplesOf } from '../../scripts/docs/examples.mts';
import {
	anchorsIn,
	examplesIn,
	headingsIn,
	pages,
	readPages,
	relativeLinksIn,
	withExamples,
	withoutCode,
	withoutExamples,
	type Page,
} from '../../scripts/docs/markdown.mts';
import { Scene } from '../../scripts/docs/scene.mts';
import manifest from '../../package.json' with { type: 'json' };

const OTHER_PAGES = ['CONTRIBUTING.md', 'CHANGELOG.md'];

let shown: Page[];
let all: Page[];

before(async () => {
	shown = await pages();
	all = [...shown, ...(await readPages(OTHER_PAGES))];
});

function pageOf(name: string): Page {
	const page = shown.find((one) => one.name === name);
	assert.ok(page, `there is ${name}`);
	return page;
}

type Entry = INodeProperties | INodePropertyOptions | { displayName: string; values: INodeProperties[] };

/** The names that the editor shows for parameters, and for the entries of collections. */
function displayNames(entries: readonly Entry[]): string[] {
	return entries.flatMap((entry) => {
		if (!('displayName' in entry) || !entry.displayName) return [];
		const isCollection = 'type' in entry && entry.type === 'collection';
		return [entry.displayName, ...(isCollection ? displayNames((entry.options ?? []) as Entry[]) : [])];
	});
}

/** The choices of the parameter of that name that is shown for a resource. */
function choicesOf(properties: readonly INodeProperties[], name: string, resource?: string): INodePropertyOptions[] {
	const isShown = ({ displayOptions }: INodeProperties) => resource === undefined || displayOptions?.show?.['resource']?.includes(resource);
	return (properties.find((one) => one.name === name && isShown(one))?.options ?? []) as INodePropertyOptions[];
}

/** The text below a heading, to the next one of its level or a higher one. */
function section({ text }: Page, heading: string): string {
	const [, rest] = text.split(`\n## ${heading}\n`);
	assert.ok(rest, `there is the section ${heading}`);
	return rest.split(/\n## /)[0] ?? '';
}

function boldIn(text: string): string[] {
	return [...withoutCode(text).matchAll(/\*\*([^*]+)\*\*/g)].map(([, name]) => String(name));
}

describe('what the nodes answer', () => {
	let scene: Scene;
	let examples: Record<string, unknown>;

	before(async () => {
		scene = await Scene.open(console.log);
		examples = await examplesOf(scene);
	});
	after(async () => await scene.close());

	test('is what README and docs/ show', async () => {
		for (const page of shown) assert.equal(await withExamples(page, examples), page.text, `${page.name}: run npm run docs`);
	});

	test('is all shown, and no JSON beside it', () => {
		const named = new Set(shown.flatMap(({ text }) => examplesIn(text)));
		assert.deepEqual(Object.keys(examples).filter((name) => !named.has(name)), []);
		const byHand = shown.filter(({ text }) => withoutExamples(text).includes('```json'));
		assert.deepEqual(byHand.map(({ name }) => name), []);
	});

	test('every operation has its row in README, and its row, its section and its example in docs/operations.md', () => {
		const { properties } = scene.descriptions().action;
		for (const { name: resourceName, value: resource } of choicesOf(properties, 'resource')) {
			const own = section(pageOf('docs/operations.md'), resourceName);
			const table = pageOf('README.md').text.split(`| ${resourceName} | |\n`)[1]?.split('\n\n')[0] ?? '';
			for (const { name, value } of choicesOf(properties, 'operation', String(resource))) {
				assert.match(table, new RegExp(`^\\| ${name}( \\*)? \\|`, 'm'), `README: ${resourceName} > ${name}`);
				assert.match(own, new RegExp(`^\\| \\[${name}\\]\\(`, 'm'), `docs/operations.md: the row of ${resourceName} > ${name}`);
				assert.match(own, new RegExp(`^### ${name}`, 'm'), `docs/operations.md: the section of ${resourceName} > ${name}`);
				assert.ok(examplesIn(own).includes(`${resource}.${String(value)}`), `docs/operations.md: the example of ${resourceName} > ${name}`);
			}
		}
	});

	test('every event is in README, and has its section and its example in docs/events.md', () => {
		const { text } = pageOf('docs/events.md');
		for (const { value } of choicesOf(scene.descriptions().trigger.properties, 'events')) {
			const event = String(value);
			assert.ok(pageOf('README.md').text.includes(`\`${event}\``), `README: ${event}`);
			assert.ok(headingsIn(text).includes(event), `docs/events.md: the section of ${event}`);
			assert.ok(examplesIn(text).includes(event), `docs/events.md: the example of ${event}`);
		}
	});

	test('every parameter and operation that docs/operations.md and docs/events.md name exists', () => {
		const { action, trigger } = scene.descriptions();
		const operations = action.properties.filter(({ name }) => name === 'operation').flatMap(({ options }) => options ?? []);
		const known = new Set([
			...displayNames(action.properties),
			...displayNames(trigger.properties),
			...operations.map((one) => ('name' in one ? one.name : '')),
		]);
		for (const name of ['docs/operations.md', 'docs/events.md']) {
			assert.deepEqual(boldIn(pageOf(name).text).filter((bold) => !known.has(bold)), [], name);
		}
	});
});

describe('the links and names of the documentation', () => {
	test('every relative link leads to a file, and to a heading of it', async () => {
		const broken: string[] = [];
		for (const { name, text } of all) {
			for (const target of relativeLinksIn(text)) {
				const [file = '', anchor] = target.split('#');
				const led = file === '' ? name : path.posix.join(path.posix.dirname(name), file);
				if (!existsSync(path.join(ROOT, led))) broken.push(`${name}: ${target}`);
				else if (anchor !== undefined && !anchorsIn((await readPages([led]))[0]?.text ?? '').has(anchor)) broken.push(`${name}: ${target}`);
			}
		}
		assert.deepEqual(broken, []);
	});

	test('every example workflow has its row in docs/recipes.md', async () => {
		const { text } = pageOf('docs/recipes.md');
		const rows = text.split('\n').filter((line) => line.startsWith('| '));
		for (const file of await readdir(path.join(ROOT, 'examples'))) assert.ok(rows.some((row) => row.includes(file)), file);
	});

	test('every npm script that is named exists', () => {
		const scripts = new Set(Object.keys(manifest.scripts));
		const unknown = all.flatMap(({ name, text }) =>
			[...text.matchAll(/npm run (?:--silent )?([\w:]+)/g)].flatMap(([, script]) => (scripts.has(String(script)) ? [] : [`${name}: ${script}`])),
		);
		assert.deepEqual(unknown, []);
	});
});

describe('a marker in a page', () => {
	test('is filled with the example of its name', async () => {
		const text = 'a\n<!-- json: one -->\nold\n<!-- /json -->\nb';
		const filled = await withExamples({ name: 'page', text }, { one: { costs: '$&' } });
		assert.equal(filled, 'a\n<!-- json: one -->\n```json\n{ "costs": "$&" }\n```\n<!-- /json -->\nb');
	});

	test('is refused without such an example, and without its end', async () => {
		const of = (text: string) => withExamples({ name: 'page', text }, {});
		await assert.rejects(of('<!-- json: one -->\n<!-- /json -->'), /page shows one/);
		await assert.rejects(of('<!-- json: one -->\n'), /without/);
	});
});
