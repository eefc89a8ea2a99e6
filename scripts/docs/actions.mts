// The output of the action node in the sandbox's BillSpring, by operation.
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { BILLSPRING } from '../../sandbox/freshbooks/people.mts';
import { shownErrorOf, type RunSettings, type Scene } from './scene.mts';

const NEWCOMER = 'wren.halloway@example.com';
const LEAVER = 'calum.prewitt@example.com';
const ROLE = 'business_employee';
const business = { __rl: true, mode: 'id', value: String(BILLSPRING) };
const account = { __rl: true, mode: 'id', value: 'zDmNq' };
const chosen = { businesses: 'selected', businessIds: [BILLSPRING] };

const byEmail = (value: string) => ({ __rl: true, mode: 'email', value });

/** The output of the operations that need parameters only, by `resource.operation`. */
const OPERATIONS: Readonly<Record<string, INodeParameters>> = {
	'user.getMe': {},
	'user.updateMe': { updateFields: { jobTitle: 'Head of finance', company: 'BillSpring' } },
	'business.getAll': {},
	'project.getAll': { business },
	'teamMember.getAll': { business },
	'teamMember.get': { business, member: byEmail('ivo.castellan@example.com') },
	'teamMember.updateRole': { business, member: byEmail('ivo.castellan@example.com'), role: 'business_partner' },
	'teamMember.remove': { business, member: byEmail(LEAVER) },
	'invitation.create': { business, email: NEWCOMER, role: ROLE },
	'invitation.getAll': { business },
	'invitation.revoke': { business, invitation: byEmail('lucia.marchetti@example.com') },
	'staff.getAll': { account },
	'access.onboard': { business, email: NEWCOMER, role: ROLE },
	'access.offboard': { ...chosen, email: LEAVER },
};

async function run(scene: Scene, name: string, parameters: INodeParameters, settings: RunSettings = {}): Promise<IDataObject[][]> {
	const [resource = '', operation = ''] = name.split('.');
	return await scene.run({ resource, operation, ...parameters }, settings);
}

async function firstItem(scene: Scene, name: string, parameters: INodeParameters, settings: RunSettings = {}): Promise<IDataObject> {
	const item = (await run(scene, name, parameters, settings))[0]?.[0];
	if (!item) throw new Error(`${name} returned no item.`);
	return item;
}

async function staffIdOf(scene: Scene, email: string): Promise<string> {
	const { staffId } = await scene.control<{ staffId: number }>('GET', `/businesses/${BILLSPRING}/members/${email}`);
	return String(staffId);
}

async function staffExamples(scene: Scene): Promise<Record<string, unknown>> {
	const examples: Record<string, unknown> = {};
	const changes: Record<string, INodeParameters> = {
		'staff.get': {},
		'staff.update': { updateFields: { rate: '85.00', note: 'Back in the office from May' } },
		'staff.delete': {},
	};
	for (const [name, parameters] of Object.entries(changes)) {
		await scene.begin();
		const staff = { __rl: true, mode: 'id', value: await staffIdOf(scene, 'mirela.okafor@example.com') };
		examples[name] = await firstItem(scene, name, { account, staff, ...parameters });
	}
	return examples;
}

const DIRECTORY = [
	{ email: 'ivo.castellan@example.com', role: 'business_employee', active: true },
	{ email: 'teodor.wexley@example.com', role: ROLE, active: false },
	{ email: NEWCOMER, role: ROLE, active: true },
];

async function reviewExamples(scene: Scene): Promise<Record<string, unknown>> {
	await scene.begin();
	const [people = [], [summary] = []] = await run(scene, 'access.review', { ...chosen, directory: 'items' }, { items: DIRECTORY });
	const leaver = people.find(({ email }) => email === 'teodor.wexley@example.com');
	return { 'access.review': leaver, 'access.review.summary': summary };
}

async function lifecycleExamples(scene: Scene): Promise<Record<string, unknown>> {
	const options = { waitForAcceptance: true, invitedAt: '2026-11-17T09:00:00Z' };
	await scene.begin();
	const pending = await firstItem(scene, 'access.onboard', { business, email: 'jun.takeda@example.com', role: ROLE, options });
	const planned = await firstItem(scene, 'access.offboard', { ...chosen, email: LEAVER, dryRun: true });
	await scene.control('PATCH', '/settings', { profile: 'documented' });
	const partial = await firstItem(scene, 'access.offboard', { ...chosen, email: LEAVER }, { continueOnFail: true });
	return { 'access.onboard.pending': pending, 'access.offboard.dryRun': planned, 'access.offboard.partial': partial };
}

async function scimExample(scene: Scene): Promise<Record<string, unknown>> {
	await scene.begin();
	const parameters = { ...OPERATIONS['teamMember.get'], options: { outputFormat: 'scim' } };
	return { 'teamMember.get.scim': await firstItem(scene, 'teamMember.get', parameters) };
}

async function errorExamples(scene: Scene): Promise<Record<string, unknown>> {
	await scene.begin('user:profile:read user:teams:read');
	const scope = await shownErrorOf(run(scene, 'invitation.create', { business, email: NEWCOMER, role: ROLE }));
	await scene.begin();
	await scene.control('PATCH', '/settings', { profile: 'documented' });
	const member = { __rl: true, mode: 'id', value: '41016' };
	const notPublished = await shownErrorOf(run(scene, 'teamMember.remove', { business, member }));
	await scene.begin();
	await scene.control('POST', '/oauth/revoke');
	const reconnect = await shownErrorOf(run(scene, 'user.getMe', {}));
	return { 'error.scope': scope, 'error.notPublished': notPublished, 'error.reconnect': reconnect };
}

/** The examples of the action node, by name. */
export async function actionExamples(scene: Scene): Promise<Record<string, unknown>> {
	const examples: Record<string, unknown> = {};
	for (const [name, parameters] of Object.entries(OPERATIONS)) {
		await scene.begin();
		examples[name] = await firstItem(scene, name, parameters);
	}
	for (const more of [staffExamples, lifecycleExamples, reviewExamples, scimExample, errorExamples]) {
		Object.assign(examples, await more(scene));
	}
	return examples;
}
