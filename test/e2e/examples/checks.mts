import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { INode, INodeTypeDescription } from 'n8n-workflow';
import { ROOT, type WorkflowDraft, type WorkflowNode } from '../../../sandbox/n8n/index.mts';
import type { World } from '../support.mts';

/** Its ES modules do not load in Node.js; only its CommonJS does. */
const { NodeHelpers } = createRequire(import.meta.url)('n8n-workflow') as typeof import('n8n-workflow');

/** The names of the examples. */
export const EXAMPLES = readdirSync(path.join(ROOT, 'examples'))
	.filter((file) => file.endsWith('.json'))
	.map((file) => path.basename(file, '.json'))
	.sort();

const NOTE = 'n8n-nodes-base.stickyNote';

let known: Promise<INodeTypeDescription[]> | undefined;

/** Every node that this n8n offers, tools too, as its editor gets them. */
async function knownTypes({ n8n }: World): Promise<INodeTypeDescription[]> {
	const { baseUrl, cookie } = n8n.client;
	known ??= fetch(`${baseUrl}/types/nodes.json`, { headers: { cookie } }).then(async (answer) => (await answer.json()) as INodeTypeDescription[]);
	return await known;
}

function problemsOfNode(node: WorkflowNode, types: INodeTypeDescription[]): string[] {
	const description = types.find(({ name, version }) => name === node.type && [version].flat().includes(node.typeVersion));
	if (!description) return [`${node.name}: this n8n has no ${node.type} of version ${node.typeVersion}`];
	const names = new Set(description.properties.map(({ name }) => name));
	const unknown = Object.keys(node.parameters).filter((parameter) => !names.has(parameter));
	const { properties } = description;
	const parameters = NodeHelpers.getNodeParameters(properties, (node as INode).parameters, true, false, node as INode, description) ?? {};
	const issues = NodeHelpers.getNodeParametersIssues(properties, { ...(node as INode), parameters }, description)?.parameters ?? {};
	const filled = Object.values(node.credentials ?? {}).filter(({ id }) => id !== '');
	return [
		...unknown.map((parameter) => `${node.name} has no parameter '${parameter}'`),
		...Object.values(issues).flat().map((issue) => `${node.name}: ${issue}`),
		...filled.map(({ name }) => `${node.name} names the credential '${name}' of one n8n`),
	];
}

/** What n8n's editor would mark red in a workflow, and what cannot be imported elsewhere. */
export async function problemsOf(world: World, { nodes, connections }: WorkflowDraft): Promise<string[]> {
	const types = await knownTypes(world);
	const names = new Set(nodes.map(({ name }) => name));
	const targets = Object.values(connections as Record<string, Record<string, Array<Array<{ node: string }>>>>)
		.flatMap((outputs) => Object.values(outputs).flat(2))
		.map(({ node }) => node);
	const loose = [...Object.keys(connections), ...targets].filter((name) => !names.has(name));
	return [...nodes.flatMap((node) => problemsOfNode(node, types)), ...loose.map((name) => `There is no node '${name}' to connect`)];
}

interface Box {
	name: string;
	left: number;
	top: number;
	right: number;
	bottom: number;
}

/** A node with its label below; n8n draws 96 by 96, a label of one or two lines, and a note as wide and high as it says. */
function boxOf({ name, type, position: [left, top], parameters }: WorkflowNode): Box {
	const [width, height] = type === NOTE ? [Number(parameters['width']), Number(parameters['height'])] : [128, 140];
	return { name, left, top, right: left + width, bottom: top + height };
}

function overlap(one: Box, other: Box): boolean {
	return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
}

/** What a person who opens the workflow would stumble over: no note, nodes on one another, a way that leads back. */
export function onCanvas({ nodes, connections }: WorkflowDraft): string[] {
	const notes = nodes.filter(({ type }) => type === NOTE).map(({ parameters }) => String(parameters['content']));
	const boxes = nodes.map(boxOf);
	const overlaps = boxes.flatMap((one, index) => boxes.slice(index + 1).filter((other) => overlap(one, other)).map((other) => `${one.name} lies on ${other.name}`));
	const leftOf = new Map(boxes.map(({ name, left }) => [name, left]));
	const backwards = Object.entries(connections as Record<string, { main?: Array<Array<{ node: string }>> }>).flatMap(([from, { main = [] }]) =>
		main.flat().filter(({ node }) => (leftOf.get(node) ?? 0) <= (leftOf.get(from) ?? 0)).map(({ node }) => `${from} leads back to ${node}`),
	);
	return [...(notes.some((note) => note.includes('**To change**')) ? [] : ['No note says what to change']), ...overlaps, ...backwards];
}
