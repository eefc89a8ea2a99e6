import { NodeHelpers, Workflow, type IDataObject, type INodeParameters, type INodeTypes } from 'n8n-workflow';

import { FreshBooks } from '../../../nodes/FreshBooks/FreshBooks.node';
import { locator, runWithHints, shownErrorOf } from '../../harness/context';
import { scimProblems } from '../../unit/access/scimSchema';
import { BUSINESS, control, credential, onASandbox, outputsOf, requestsTo, runOnce } from './onSandbox';

const reviewing = (parameters: INodeParameters = {}): INodeParameters => ({
	resource: 'access',
	operation: 'review',
	businesses: 'selected',
	businessIds: [BUSINESS],
	directory: 'none',
	...parameters,
});

async function review(parameters: INodeParameters = {}, items?: IDataObject[]): Promise<{ people: IDataObject[]; summary: IDataObject; pairs: unknown[] }> {
	const [people, summary] = await outputsOf(reviewing(parameters), items ? { items } : {});
	expect(summary).toHaveLength(1);
	return { people: people.map(({ json }) => json), summary: summary[0].json, pairs: people.map(({ pairedItem }) => pairedItem) };
}

const kindsFor = (people: IDataObject[], email: string) => people.filter((person) => person.email === email).map(({ findings }) => (findings as IDataObject[]).map(({ kind }) => kind));

describe('access: review', () => {
	onASandbox();

	test('lists everybody with IDs, invitation and findings, with the summary in a second output', async () => {
		const { people, summary } = await review();
		expect(people).toHaveLength(14);
		expect(summary).toMatchObject({ complete: true, people: 14, businessesRead: [{ businessId: BUSINESS, name: 'BillSpring', people: 14, gaps: [] }], businessesNotRead: [], directory: null });
		expect(people.find(({ email }) => email === 'odalys.brandt@example.com')).toMatchObject({
			businessName: 'BillSpring',
			role: 'business_partner',
			active: true,
			invitation: { state: 'accepted' },
			sourceIds: { teamMember: expect.any(String), identity: expect.any(Number), member: null },
			severity: 'info',
			directory: null,
		});
		expect(people.filter(({ invitation }) => (invitation as IDataObject).state === 'pending').map(({ email }) => email)).toEqual(['jun.takeda@example.com', 'lucia.marchetti@example.com']);
		expect(kindsFor(people, 'gareth.umber@example.com')).toEqual([['neverAccepted', 'inactiveWithSeat']]);
	});

	test('as a tool it has one output that starts with the summary: a model gets no other output', async () => {
		const outputs = await outputsOf(reviewing({ options: { onlyFindings: true } }), { asTool: true });
		expect(outputs).toHaveLength(1);
		const [summary, ...people] = outputs[0].map(({ json }) => json);
		expect(summary).toMatchObject({ complete: true, people: 14 });
		expect(people.every(({ findings }) => (findings as IDataObject[]).length > 0)).toBe(true);
		expect(people.map(({ email }) => email)).toContain('gareth.umber@example.com');
	});

	test('all input items are the directory, and each result is paired with its item', async () => {
		const items = [
			{ email: 'noone@example.com', role: 'business_employee' },
			{ email: 'Teodor.Wexley@example.com', role: 'business_manager' },
			{ email: 'mirela.okafor@example.com', active: false },
			{ primaryEmail: 'odalys.brandt@example.com', suspended: false },
		];
		const { people, summary, pairs } = await review({ directory: 'items' }, items);
		expect(kindsFor(people, 'teodor.wexley@example.com')).toEqual([['roleMismatch']]);
		expect(kindsFor(people, 'mirela.okafor@example.com')).toEqual([['leaver']]);
		expect(kindsFor(people, 'noone@example.com')).toEqual([['missing']]);
		expect(kindsFor(people, 'odalys.brandt@example.com')).toEqual([['privileged']]);
		expect(pairs[people.findIndex(({ email }) => email === 'mirela.okafor@example.com')]).toEqual({ item: 2 });
		expect(pairs[people.findIndex(({ email }) => email === 'hugh.omalley-reyes@example.com')]).toEqual({ item: 0 });
		expect(summary).toMatchObject({ directory: { rows: 4, people: 4, skipped: 0 }, findings: { orphan: 11, missing: 1, leaver: 1 } });
	});

	test('a directory as JSON, for each item', async () => {
		const [people, summaries] = await outputsOf(reviewing({ directory: 'json', directoryJson: '={{ $json.list }}', options: { onlyFindings: true } }), {
			items: [{ list: '[{"email": "teodor.wexley@example.com", "role": "contractor"}]' }, { list: '[{"email": "hugh.omalley-reyes@example.com"}]' }],
		});
		expect(summaries.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 1 }]);
		const mismatches = people.filter(({ json }) => (json.findings as IDataObject[]).some(({ kind }) => kind === 'roleMismatch'));
		expect(mismatches.map(({ json, pairedItem }) => [json.email, pairedItem])).toEqual([['teodor.wexley@example.com', { item: 0 }]]);
		expect(people.every(({ json }) => (json.findings as IDataObject[]).length > 0)).toBe(true);
	});

	test('an old invitation is stale by the date in any list', async () => {
		await control('POST', `/businesses/${BUSINESS}/members`, { email: 'slow@example.com', active: false, identityId: null, invitationDateAccepted: null, createdAt: '2026-01-01T00:00:00Z' });
		await control('POST', `/businesses/${BUSINESS}/invitations`, { email: 'slow@example.com' });
		const { people } = await review();
		expect(kindsFor(people, 'slow@example.com')).toEqual([['staleInvitation']]);
	});

	test('a business that refuses its list is named, and the review is not complete', async () => {
		const { hints } = await runWithHints(reviewing({ businesses: 'all' }), { credential: await credential() });
		const { summary } = await review({ businesses: 'all' });
		expect(summary).toMatchObject({
			complete: false,
			headline: expect.stringMatching(/^Review incomplete: do not sign off\. Quarry Lane Café could not be read: you are only an Employee there\. /),
			businessesNotRead: [{ businessId: 884410, name: 'Quarry Lane Café', reason: 'You are only an Employee there' }],
		});
		expect(hints.some((hint) => hint.startsWith('Review incomplete'))).toBe(true);
	});

	test('invitations that FreshBooks does not offer make it incomplete, unless they are excluded', async () => {
		await control('PATCH', '/settings', { profile: 'documented' });
		expect((await review()).summary).toMatchObject({ complete: false, headline: expect.stringContaining('Not read completely: BillSpring') });
		expect((await review({ options: { pendingInvitations: false } })).summary).toMatchObject({ complete: true, headline: expect.stringContaining('left out, as asked') });
	});

	test('a list that hides rows makes it incomplete', async () => {
		await control('POST', '/faults', { kind: 'totalTooLarge', route: 'GET /team_members$', count: 0 });
		expect((await review()).summary).toMatchObject({ complete: false, businessesRead: [{ gaps: [expect.stringContaining('hidden')] }] });
	});

	test('if no business can be read it is an error, not an empty review', async () => {
		expect((await shownErrorOf(review({ businessIds: [884410] }))).message).toContain('no permission');
	});

	test('a directory without any address is refused before any request', async () => {
		const error = await shownErrorOf(review({ directory: 'items' }, [{ name: 'A' }, {}]));
		expect(error.message).toContain('No input item has an email address');
		expect((await shownErrorOf(review({ directory: 'json', directoryJson: '{"email": "a@x.org"}' }))).message).toContain('must be a JSON list');
		expect(await requestsTo('GET', '/me')).toBe(0);
	});

	test('the members list is read only if chosen', async () => {
		await review();
		expect(await requestsTo('GET', '/members')).toBe(0);
		const { people } = await review({ options: { businessMembers: true } });
		expect(people.filter(({ sourceIds }) => (sourceIds as IDataObject).member !== null)).toHaveLength(12);
	});

	test('as SCIM, every person is a valid user', async () => {
		const { people } = await review({ directory: 'items', options: { outputFormat: 'scim' } }, [{ email: 'noone@example.com', role: 'business_employee' }]);
		expect(people).toHaveLength(15);
		expect(people.flatMap(scimProblems)).toEqual([]);
	});

	test('team members can also be SCIM users', async () => {
		const all = { resource: 'teamMember', operation: 'getAll', business: locator('id', BUSINESS), returnAll: true, options: { outputFormat: 'scim' } };
		const users = await runOnce(all);
		expect(users).toHaveLength(12);
		const byNumber = await runOnce({ ...all, source: 'businessMembers' });
		const [one] = await runOnce({ ...all, operation: 'get', member: locator('email', 'teodor.wexley@example.com') });
		expect(one).toEqual(users.find(({ userName }) => userName === 'teodor.wexley@example.com'));
		expect([...users, ...byNumber].flatMap(scimProblems)).toEqual([]);
	});

	test('10,000 people against a directory of 10,000, in one run', async () => {
		const email = (index: number) => `person${index}@example.com`;
		const members = Array.from({ length: 10_000 }, (_, index) => ({ email: email(index), role: 'business_employee', identityId: index + 1 }));
		await control('POST', '/seed', { businesses: [{ id: 101, role: 'owner', members }] });
		await control('DELETE', '/requests');
		const items = Array.from({ length: 10_000 }, (_, index) => ({ email: email(index + 5), role: 'business_employee', active: index % 1000 !== 0 }));
		const { people, summary } = await review({ businessIds: [101], directory: 'items' }, items);
		expect(people).toHaveLength(10_005);
		expect(summary).toMatchObject({ complete: true, people: 10_000, findings: { orphan: 5, missing: 5, leaver: 10, roleMismatch: 0 } });
		expect(await requestsTo('GET', '/team_members')).toBe(100);
	});
});

describe("the node's outputs", () => {
	const type = new FreshBooks();
	const nodeTypes = { getByName: () => type, getByNameAndVersion: () => type, getKnownTypes: () => ({}) } as unknown as INodeTypes;

	function outputsFor(parameters: INodeParameters, onError?: 'continueErrorOutput') {
		const node = { id: '1', name: 'FreshBooks', type: 'x', typeVersion: 1, position: [0, 0] as [number, number], parameters, onError };
		const workflow = new Workflow({ nodes: [node], connections: {}, active: false, nodeTypes });
		return NodeHelpers.getNodeOutputs(workflow, workflow.nodes.FreshBooks, type.description).map((output) => (typeof output === 'string' ? output : output.displayName ?? output.type));
	}

	test('are two for a review, one for everything else, and one more for errors', () => {
		expect(outputsFor({ resource: 'access', operation: 'review' })).toEqual(['People', 'Summary']);
		expect(outputsFor({ resource: 'access', operation: 'offboard' })).toEqual(['main']);
		expect(outputsFor({})).toEqual(['main']);
		expect(outputsFor({ resource: 'access', operation: 'review' }, 'continueErrorOutput')).toEqual(['People', 'Summary', 'Error']);
		expect(outputsFor({ resource: 'access', operation: 'offboard' }, 'continueErrorOutput')).toEqual(['Success', 'Error']);
	});
});
