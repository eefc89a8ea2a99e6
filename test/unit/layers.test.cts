import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The layers of the package, lowest first. A file imports from its own layer or a lower one. */
const LAYERS: ReadonlyArray<[name: string, folder: RegExp]> = [
	['client', /^FreshBooks\/client\//],
	['api', /^FreshBooks\/api\//],
	['people', /^FreshBooks\/people\//],
	['errors as n8n shows them', /^FreshBooks\/shownErrors\.ts$/],
	['lists of the editor', /^FreshBooks\/methods\//],
	['operations', /^FreshBooks\/operations\//],
	['node files', /^FreshBooks\/[^/]+\.node\.ts$/],
];

const NODES = path.join(__dirname, '../../nodes');

function filesIn(folder: string): string[] {
	return readdirSync(folder, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
		.map((entry) => path.relative(NODES, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/'));
}

/** A file's imports from this package, as paths below `nodes`. */
function importsOf(file: string): string[] {
	const text = readFileSync(path.join(NODES, file), 'utf8');
	return [...text.matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)].map(([, specifier]) => {
		const target = path.posix.join(path.posix.dirname(file), specifier);
		const isFile = filesIn(NODES).includes(`${target}.ts`);
		return isFile ? `${target}.ts` : `${target}/index.ts`;
	});
}

const layerOf = (file: string): number => LAYERS.findIndex(([, folder]) => folder.test(file));

test.each(filesIn(path.join(NODES, 'FreshBooks')))('%s belongs to a layer and imports nothing above it', (file) => {
	const layer = layerOf(file);
	expect(layer).not.toBe(-1);
	expect(importsOf(file).filter((target) => layerOf(target) > layer)).toEqual([]);
});

const TRIGGERS = ['FreshBooksTrigger', 'FreshBooksScimTrigger'];

test.each(TRIGGERS.flatMap((folder) => filesIn(path.join(NODES, folder))))('%s imports nothing of the action, nor of another trigger', (file) => {
	const operations = LAYERS.findIndex(([name]) => name === 'operations');
	const [own] = file.split('/');
	const isOfAnother = (target: string): boolean => TRIGGERS.some((folder) => folder !== own && target.startsWith(`${folder}/`));
	expect(importsOf(file).filter((target) => layerOf(target) >= operations || isOfAnother(target))).toEqual([]);
});

test('nothing below the operations uses an n8n node or its parameters', () => {
	const below = filesIn(path.join(NODES, 'FreshBooks/people'));
	const knowing = below.filter((file) => /getNodeParameter|IExecuteFunctions|NodeOperationError|httpRequest/.test(readFileSync(path.join(NODES, file), 'utf8')));
	expect(knowing).toEqual([]);
});
