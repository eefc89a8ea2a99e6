// What the trigger emits for each event, and its errors.
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { BILLSPRING } from '../../sandbox/freshbooks/people.mts';
import { shownErrorOf, type Scene, type Trigger } from './scene.mts';

type Change = [method: string, route: string, body?: IDataObject];

const NEWCOMER = { email: 'wren.halloway@example.com', role: 'business_employee' };
const NAMES = { firstName: 'Wren', lastName: 'Halloway' };

/** Each event with the change, below `/businesses/{id}` of the sandbox's control API, that causes it. */
const CHANGES: Readonly<Record<string, Change>> = {
	memberAdded: ['POST', '/members', { ...NEWCOMER, ...NAMES }],
	memberRemoved: ['DELETE', '/members/teodor.wexley@example.com'],
	memberDeactivated: ['POST', '/members/mirela.okafor@example.com/deactivate'],
	memberReactivated: ['POST', '/members/gareth.umber@example.com/reactivate'],
	roleChanged: ['PATCH', '/members/ivo.castellan@example.com', { role: 'business_partner' }],
	memberUpdated: ['PATCH', '/members/priyanka.solheim@example.com', { lastName: 'Solheim-Baptiste' }],
	invitationCreated: ['POST', '/invitations', NEWCOMER],
	invitationAccepted: ['POST', '/invitations/jun.takeda@example.com/accept', { firstName: 'Jun', lastName: 'Takeda' }],
	invitationRevoked: ['DELETE', '/invitations/lucia.marchetti@example.com'],
};

const LEAVERS = ['teodor.wexley', 'mirela.okafor', 'calum.prewitt'];
const COUNTS_TOO_MANY = { kind: 'totalTooLarge', route: 'GET /team_members$', count: 0, extra: 2 };

function watching(events: string[], options: INodeParameters = {}): INodeParameters {
	return { businesses: 'selected', businessIds: [BILLSPRING], source: 'teamMembers', events, options };
}

async function apply(scene: Scene, [method, route, body]: Change): Promise<void> {
	await scene.control(method, `/businesses/${BILLSPRING}${route}`, body);
}

/** A trigger that has taken its baseline. */
async function published(scene: Scene, events: string[], options: INodeParameters = {}): Promise<Trigger> {
	await scene.begin();
	const trigger = scene.trigger(watching(events, options));
	const items = await trigger.poll();
	if (items.length > 0) throw new Error('The first poll emitted items.');
	return trigger;
}

async function itemOf(scene: Scene, event: string, options: INodeParameters = {}): Promise<IDataObject> {
	const trigger = await published(scene, [event], options);
	const change = CHANGES[event];
	if (!change) throw new Error(`No change is listed that causes ${event}.`);
	await apply(scene, change);
	const items = await trigger.poll();
	const [item] = items;
	if (!item || items.length > 1) throw new Error(`${event} was emitted ${items.length} times.`);
	return item;
}

/** The error of the poll after a change. */
async function troubleAfter(scene: Scene, change: () => Promise<unknown>, event = 'memberRemoved'): Promise<unknown> {
	const trigger = await published(scene, [event]);
	await change();
	return await shownErrorOf(trigger.poll());
}

async function troubleExamples(scene: Scene): Promise<Record<string, unknown>> {
	const unpublish = async () => await scene.control('PATCH', '/settings', { profile: 'documented' });
	const removeMany = async () => {
		for (const leaver of LEAVERS) await apply(scene, ['DELETE', `/members/${leaver}@example.com`]);
	};
	return {
		'trouble.removalsHeld': await troubleAfter(scene, removeMany),
		'trouble.lostBusiness': await troubleAfter(scene, async () => await apply(scene, ['DELETE', '/membership'])),
		'trouble.permission': await troubleAfter(scene, async () => await apply(scene, ['PATCH', '', { listable: false }])),
		'trouble.incomplete': await troubleAfter(scene, async () => await scene.control('POST', '/faults', COUNTS_TOO_MANY)),
		'trouble.invitations': await troubleAfter(scene, unpublish, 'invitationCreated'),
		'trouble.reconnect': await troubleAfter(scene, async () => await scene.control('POST', '/oauth/revoke')),
	};
}

/** The examples of the trigger, by name. */
export async function eventExamples(scene: Scene): Promise<Record<string, unknown>> {
	const examples: Record<string, unknown> = {};
	for (const event of Object.keys(CHANGES)) examples[event] = await itemOf(scene, event);
	examples['roleChanged.scim'] = await itemOf(scene, 'roleChanged', { outputFormat: 'scim' });
	return { ...examples, ...(await troubleExamples(scene)) };
}
