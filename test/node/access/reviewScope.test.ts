import type { IDataObject, INodeParameters } from 'n8n-workflow';
import nock from 'nock';

import { FreshBooks } from '../../../nodes/FreshBooks/FreshBooks.node';
import { onAFastClock } from '../../harness/clock';
import { API, executeContext } from '../../harness/context';
import { teamMemberRow } from '../../harness/examples';
import { BOSS, onASecondBusiness, onLists } from '../../harness/lists';
import { onTheWire } from '../../harness/wire';

jest.mock('n8n-workflow', () => jest.requireActual<typeof import('../../harness/clock')>('../../harness/clock').withFastSleep());
onTheWire();
onAFastClock();

const EMAIL = 'staff@example.com';
const PERSON = teamMemberRow(1, { email: EMAIL, active: true, identity_id: 71, business_role_name: 'business_employee' });
const OWNER = { email: BOSS.email, role: 'owner' };
const SELECTED: INodeParameters = { businesses: 'selected', businessIds: [789] };

async function review(directory: IDataObject[], team: IDataObject[] = [], parameters: INodeParameters = {}) {
	onLists({ team });
	const context = executeContext({ resource: 'access', operation: 'review', directory: 'items', ...parameters }, { items: [...directory, OWNER] });
	const [people, [summary]] = await new FreshBooks().execute.call(context);
	const findings = people.flatMap(({ json }) => (json.email === BOSS.email ? [] : (json.findings as IDataObject[])));
	return { people: people.map(({ json }) => json), findings, summary: summary.json, hints: context.hints.map(({ message }) => message) };
}

describe('a business in the directory that the connected user does not belong to', () => {
	test('makes a review of all businesses incomplete, and is named', async () => {
		const { summary, hints } = await review([{ email: EMAIL, role: 'business_employee', businessId: 999 }]);
		expect(summary).toMatchObject({ complete: false, headline: expect.stringContaining('business 999 could not be read: the directory expects 1 person there, but the connected user does not belong to it.') });
		expect(summary.businessesNotRead).toEqual([{ businessId: 999, name: null, reason: expect.stringContaining('expects 1 person there') }]);
		expect(hints.some((hint) => hint.includes('business 999'))).toBe(true);
	});

	test('is reported with its number of people', async () => {
		const row = { email: EMAIL, businessId: 999 };
		const { summary } = await review([row, row, { email: 'b@example.com', businessId: 999 }]);
		expect(summary.businessesNotRead).toEqual([{ businessId: 999, name: null, reason: expect.stringContaining('expects 2 people there') }]);
	});

	test('does not matter if only a leaver was there', async () => {
		const { summary } = await review([{ email: EMAIL, businessId: 999, active: false }]);
		expect(summary).toMatchObject({ complete: true, businessesNotRead: [] });
		expect(summary.headline).not.toContain('999');
	});

	test('is named as not chosen in a review of chosen businesses, which is complete', async () => {
		const { summary } = await review([{ email: EMAIL, role: 'business_employee', businessId: 999 }], [], SELECTED);
		expect(summary).toMatchObject({ complete: true, headline: expect.stringContaining('expects people in businesses that were not chosen: business 999 (1).') });
	});

	test('is listed up to ten, if there are many', async () => {
		const directory = Array.from({ length: 14 }, (_, index) => ({ email: `p${index}@example.com`, businessId: 9000 + index }));
		for (const parameters of [{}, SELECTED]) {
			const { summary } = await review(directory, [], parameters);
			expect(summary.headline).toMatch(/business 9009( \(1\))? and 4 more/);
		}
	});

	test('is not mentioned if the directory names only reviewed businesses', async () => {
		const { summary } = await review([{ email: EMAIL, role: 'business_employee', businessId: 789 }], [PERSON]);
		expect(summary).toMatchObject({ complete: true, headline: 'Complete review of 1 business and 2 people; findings: 1 info.' });
	});
});

describe('an invalid business ID in the directory', () => {
	const bakery = { email: EMAIL, role: 'business_employee', businessId: 'Bakery' };

	test('is named at the start of the summary and in a remark', async () => {
		const { summary, hints } = await review([bakery], [PERSON]);
		expect(summary.headline).toContain('The directory gives 1 person a business ID that is not understood, which the review ignored: "Bakery" (1).');
		expect(hints.some((hint) => hint.includes('"Bakery" (1)'))).toBe(true);
	});

	test('is counted, most frequent first', async () => {
		const directory = [{ ...bakery, businessId: { id: 1 } }, ...Array.from({ length: 12 }, (_, index) => ({ email: `p${index}@example.com`, businessId: 'Bakery' }))];
		expect((await review(directory)).summary.headline).toContain('gives 13 people a business ID that is not understood, which the review ignored: "Bakery" (12) and "not a text" (1).');
	});

	test('does not suggest the only business for a missing person', async () => {
		const { people, findings } = await review([bakery]);
		expect(findings).toMatchObject([{ kind: 'missing' }]);
		expect(people.find(({ email }) => email === EMAIL)).toMatchObject({ businessId: null, businessName: null });
	});
});

describe('a person who is deactivated in FreshBooks', () => {
	const inactive = [{ ...PERSON, active: false }];

	test.each<[string, IDataObject]>([
		['anywhere', {}],
		['in this business', { businessId: 789 }],
	])('and active in the directory %s should be activated or corrected', async (_case, changes) => {
		const { findings } = await review([{ email: EMAIL, role: 'business_employee', active: true, ...changes }], inactive);
		expect(findings).toMatchObject([{ kind: 'inactiveWithSeat', sentence: expect.stringMatching(/expects them to be active: activate them in FreshBooks or correct the directory\.$/) }]);
	});

	test.each(['no_seat_employee', 'contractor'])('without a seat (%s) and active in the directory should be activated or corrected', async (role) => {
		const { findings } = await review([{ email: EMAIL, role: 'business_manager', active: true }], [{ ...PERSON, active: false, business_role_name: role }]);
		expect(findings).toMatchObject([{ sentence: expect.stringMatching(/is inactive with the role \w+, but the directory expects them to be active: activate them/) }]);
	});

	test.each(['no_seat_employee', 'contractor', 'business_accountant'])('without a seat (%s) and who has left is no finding', async (role) => {
		const { findings } = await review([{ email: EMAIL, active: false }], [{ ...PERSON, active: false, business_role_name: role }]);
		expect(findings).toEqual([]);
	});

	test('with an unknown role may have a seat', async () => {
		const { findings } = await review([{ email: EMAIL, active: false }], [{ ...PERSON, active: false, business_role_name: null }]);
		expect(findings).toMatchObject([{ sentence: expect.stringContaining('the seat may still be billed') }]);
	});

	test.each<[string, IDataObject]>([
		['has left', { active: false }],
		['is expected in another business', { active: true, businessId: 999 }],
	])('and who %s in the directory should be removed', async (_case, changes) => {
		const { findings } = await review([{ email: EMAIL, ...changes }], inactive);
		expect(findings).toMatchObject([{ kind: 'inactiveWithSeat', sentence: expect.stringMatching(/: remove the entry\.$/) }]);
	});
});

describe('a missing person', () => {
	const expected = [{ email: EMAIL, role: 'business_employee' }];
	const row = (people: IDataObject[]) => people.find(({ email }) => email === EMAIL);

	test('is surely absent in a complete review', async () => {
		const { people, findings } = await review(expected);
		expect(row(people)).toMatchObject({ active: false, invitation: { state: 'none' } });
		expect(findings).toMatchObject([{ sentence: expect.stringContaining('is not in One: invite them') }]);
	});

	test('may be invited if invitations were excluded', async () => {
		const { people, findings } = await review(expected, [], { options: { pendingInvitations: false } });
		expect(row(people)).toMatchObject({ active: false, invitation: { state: 'unknown' } });
		expect(findings[0].sentence).toContain('is not in what was read of One: review again');
	});

	test('may be invited or a member if a list could not be read', async () => {
		nock(API).persist().get('/auth/api/v1/business/789/invitations').query(true).reply(403, { error: 'forbidden', error_description: 'Permission Denied.' });
		const { people } = await review(expected);
		expect(row(people)).toMatchObject({ active: null, invitation: { state: 'unknown' } });
	});
});

describe('of two businesses', () => {
	const ALL: INodeParameters = { businesses: 'all' };
	const sentences = (findings: IDataObject[]) => findings.map(({ sentence }) => sentence);

	test('somebody who is in one and expected in the other is missing there only', async () => {
		onASecondBusiness({});
		const { findings, summary } = await review([{ email: EMAIL, role: 'business_employee', businessId: 790 }], [PERSON], ALL);
		expect(summary.complete).toBe(true);
		expect(sentences(findings)).toEqual([expect.stringContaining('has access here'), expect.stringContaining('should have the role Employee, but is not in Two: invite them')]);
	});

	test('somebody in none of them is said to be in none of those reviewed', async () => {
		onASecondBusiness({});
		const { findings } = await review([{ email: EMAIL, role: 'business_employee' }], [], ALL);
		expect(sentences(findings)).toEqual([expect.stringContaining('but is in none of the businesses reviewed: invite them')]);
	});

	test('somebody in the one that was not chosen is missing in the other', async () => {
		onASecondBusiness({ team: [PERSON] });
		const { findings } = await review([{ email: EMAIL, role: 'business_employee' }], [], SELECTED);
		expect(sentences(findings)).toEqual([expect.stringContaining('but is not in One: invite them')]);
	});

	test('one person in both is one person', async () => {
		onASecondBusiness({ team: [{ ...PERSON, identity_id: null, email: 'Staff@example.com' }] });
		const { summary } = await review([{ email: EMAIL }], [PERSON], ALL);
		expect(summary).toMatchObject({ headline: expect.stringContaining('Complete review of 2 businesses and 2 people;'), people: 2, peopleWithFindings: 2 });
	});

	test.each([403, 404])('one that is closed and refused (%d) leaves the review incomplete, with the way to leave it out', async (status) => {
		onASecondBusiness({ business: { active: false }, refused: { status, body: { errno: 1012, message: 'Not found' } } });
		const { summary } = await review([], [], ALL);
		expect(summary).toMatchObject({ complete: false, headline: expect.stringMatching(/Two could not be read: .*\. It is closed: to leave it out, choose the businesses one by one\. In what was read/) });
	});

	test('one that is closed and can be read is reviewed as any other', async () => {
		onASecondBusiness({ business: { active: false }, team: [PERSON] });
		const { summary } = await review([{ email: EMAIL }], [], ALL);
		expect(summary).toMatchObject({ complete: true, people: 2 });
	});
});
