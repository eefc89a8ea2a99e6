// The part of Markdown that the documentation's checks need. Pure, except for reading the files.
import { glob, readFile } from 'node:fs/promises';
import path from 'node:path';
import { format } from 'prettier';
import { ROOT } from '../../sandbox/n8n/paths.mts';

/** A Markdown file; `name` is its path from the checkout's root, with `/`. */
export interface Page {
	readonly name: string;
	readonly text: string;
}

const EXAMPLE = /<!-- json: (\S+) -->\n([\s\S]*?)<!-- \/json -->/g;
const OPENING = /<!-- json: /g;

/** The pages whose examples `npm run docs` writes. */
export async function pages(): Promise<Page[]> {
	const names = ['README.md'];
	for await (const name of glob('docs/*.md', { cwd: ROOT })) names.push(name.replaceAll(path.sep, '/'));
	return await readPages(names.sort());
}

export async function readPages(names: readonly string[]): Promise<Page[]> {
	return await Promise.all(names.map(async (name) => ({ name, text: await readFile(path.join(ROOT, name), 'utf8') })));
}

/** The names of the examples that a text shows. */
export function examplesIn(text: string): string[] {
	return [...text.matchAll(EXAMPLE)].map(([, name]) => String(name));
}

/**
 * The text with every example between `<!-- json: name -->` and `<!-- /json -->` replaced by the value of that name. Throws
 * for a name without an example, and for a marker without its end.
 */
export async function withExamples({ name: page, text }: Page, examples: Readonly<Record<string, unknown>>): Promise<string> {
	const names = examplesIn(text);
	const unknown = names.filter((name) => examples[name] === undefined);
	if (unknown.length > 0) throw new Error(`${page} shows ${unknown.join(', ')}, but there is no such example.`);
	if ([...text.matchAll(OPENING)].length !== names.length) throw new Error(`${page} has an example without <!-- /json -->.`);
	const blocks = new Map<string, string>();
	for (const name of names) blocks.set(name, `\`\`\`json\n${await pretty(examples[name])}\`\`\`\n`);
	return text.replaceAll(EXAMPLE, (_, name: string) => `<!-- json: ${name} -->\n${blocks.get(name)}<!-- /json -->`);
}

/** Short objects and lists on one line, so that an example stays readable at a glance. */
async function pretty(value: unknown): Promise<string> {
	return await format(JSON.stringify(value), { parser: 'json', printWidth: 120, objectWrap: 'collapse' });
}

/** The text without its fenced code, whose lines are not Markdown. */
export function withoutCode(text: string): string {
	return text.replaceAll(/^```[\s\S]*?^```$/gm, '');
}

/** The text without its examples. */
export function withoutExamples(text: string): string {
	return text.replaceAll(EXAMPLE, '');
}

/** A heading's anchor, by GitHub's rules. */
function anchorOf(heading: string): string {
	const plain = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1');
	return plain.trim().toLowerCase().replaceAll(/[^\p{L}\p{N}\s_-]/gu, '').replaceAll(/\s/g, '-');
}

/** The headings of a text, in order, without their `#`. */
export function headingsIn(text: string): string[] {
	return [...withoutCode(text).matchAll(/^#{1,6} +(.+)$/gm)].map(([, heading]) => String(heading).trim());
}

export function anchorsIn(text: string): Set<string> {
	return new Set(headingsIn(text).map(anchorOf));
}

/** The targets of the links and pictures of a text, without those outside the checkout. */
export function relativeLinksIn(text: string): string[] {
	const links = [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => String(target));
	return links.filter((target) => !/^[a-z]+:/i.test(target));
}
