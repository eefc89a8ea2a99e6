import { emptyBusiness, indexMember } from './businesses.mts';
import { utc } from './clock.mts';
import type { Actor, Business, Owner } from './types.mts';
import { addProject, addTimeEntry } from './work.mts';
import type { MemberDraft, World } from './world.mts';

export const BILLSPRING = 6806492;
export const LARGE_BUSINESS = 311394;
export const NO_ACCOUNT_BUSINESS = 530277;
export const CLOSED_BUSINESS = 884410;

const FIRST_NAMES = ['Amara', 'Bastien', 'Chiara', 'Daniel', 'Elif', 'Farah', 'Gustav', 'Hana', 'Ibrahim', 'Jolene', 'Kwame', 'Leila',
	'Mateus', 'Nadia', 'Oskar', 'Priya', 'Quentin', 'Rosa', 'Sanjay', 'Tomoko', 'Uche', 'Valentina', 'Wanda', 'Xavier', 'Yasmin', 'Zoltan'];
const LAST_NAMES = ['Abernathy', 'Bergstrom', 'Castellanos', 'Delacroix', 'Eriksson', 'Fitzgerald', 'Grigoryan', 'Hashimoto', 'Iyer',
	'Jankowski', 'Kowalczyk', 'Lindqvist', 'Montgomery', 'Nakamura', 'Okonkwo', 'Papadopoulos', 'Quintero', 'Rasmussen', 'Szymanski',
	'Thorvaldsen', 'Underhill', 'Villanueva', 'Winterbourne', 'Yamaguchi', 'Zimmermann'];
const JOB_TITLES = ['Bookkeeper', 'Designer', 'Project lead', 'Field engineer', null, 'Account manager', null, 'Copywriter', 'Developer', null];
const ROLES = ['business_employee', 'business_employee', 'business_employee', 'contractor', 'business_manager', 'business_employee',
	'no_seat_employee', 'business_employee', 'business_accountant', 'business_employee'];

/** The connected user at the start. */
export function defaultOwner(): Owner {
	return {
		identityId: 712052, identityUuid: '0b6f6a4e-8d0f-4d0e-9a55-3c1f6f0c7a12', firstName: 'Marlowe', lastName: 'Ashdown',
		email: 'marlowe.ashdown@example.com', language: 'en', timezone: 'America/New_York', jobTitle: 'Accounting', company: 'BillSpring',
	};
}

function pick<Item>(items: readonly Item[], index: number): Item {
	return items[index % items.length] as Item;
}

/** The nth generated person of a business; the same index always gives the same person, except for the UUID. */
export function generatedPerson(index: number): MemberDraft {
	const firstName = pick(FIRST_NAMES, index);
	const lastName = pick(LAST_NAMES, Math.floor(index / FIRST_NAMES.length) + index);
	const role = pick(ROLES, index);
	const joined = Date.UTC(2023, 0, 24, 17, 17, 56) + (index % 1000) * 86_400_000 + (index % 60) * 1000;
	const seatless = role === 'no_seat_employee';
	return {
		firstName, lastName, role, jobTitle: pick(JOB_TITLES, index), active: index % 17 !== 16,
		email: `${firstName}.${lastName}.${index + 1}@example.org`.toLowerCase(),
		identityId: seatless ? null : 900_000 + index, invitationDateAccepted: seatless ? null : utc(joined + 3_600_000),
		createdAt: utc(joined), updatedAt: utc(joined + 7 * 86_400_000),
	};
}

/** Adds `count` generated people at once, without one history entry for each. */
export function generateMembers(world: World, business: Business, count: number, withStaff: boolean): void {
	const first = business.members.length;
	for (let index = first; index < first + count; index += 1) {
		const member = world.draftMember(generatedPerson(index));
		if (member.identityId !== null) member.identityUuid = world.newUuid();
		indexMember(business, member);
		if (withStaff) world.addStaffFor(business, member);
	}
}

function ownerAsMember(owner: Owner, role: string): MemberDraft {
	return {
		firstName: owner.firstName, lastName: owner.lastName, email: owner.email, role, jobTitle: owner.jobTitle, active: true,
		identityId: owner.identityId, identityUuid: owner.identityUuid, country: 'United States',
		invitationDateAccepted: '2023-01-24T16:02:00Z', createdAt: '2023-01-24T16:01:23Z', updatedAt: '2026-09-14T13:20:00Z',
	};
}

interface Sketch { name: [string, string]; role: string; title?: string; active?: boolean; city?: string; joined?: string | null }

const BILLSPRING_PEOPLE: Sketch[] = [
	{ name: ['Odalys', 'Brandt'], role: 'business_partner', title: 'Operations', city: 'Toronto', joined: '2023-02-02T14:08:11Z' },
	{ name: ['Ivo', 'Castellan'], role: 'business_manager', title: 'Studio manager', city: 'Hamilton', joined: '2023-03-09T09:12:40Z' },
	{ name: ['Priyanka', 'Solheim'], role: 'business_manager', title: 'Project lead', joined: '2023-06-21T18:44:02Z' },
	{ name: ['Teodor', 'Wexley'], role: 'business_employee', title: 'Designer', city: 'Toronto', joined: '2024-01-15T15:30:00Z' },
	{ name: ['Mirela', 'Okafor'], role: 'business_employee', title: 'Developer', joined: '2024-04-02T08:05:19Z' },
	{ name: ['Hugh', "O'Malley-Reyes"], role: 'business_employee', title: 'Copywriter', city: 'Guelph', joined: '2024-09-30T12:00:31Z' },
	{ name: ['Søren', 'Lindqvist'], role: 'business_employee', title: 'Developer', joined: '2025-05-12T10:41:57Z' },
	{ name: ['Beatriz', 'Fontaine'], role: 'business_accountant', title: 'Bookkeeper', joined: '2023-08-17T20:16:45Z' },
	{ name: ['Calum', 'Prewitt'], role: 'contractor', title: 'Illustrator', city: 'Lisbon', joined: '2025-11-03T17:22:08Z' },
	{ name: ['Noor', 'Haddad'], role: 'no_seat_employee', title: 'Warehouse', joined: null },
	{ name: ['Gareth', 'Umber'], role: 'business_employee', active: false, joined: null },
];

function fromSketch(world: World, sketch: Sketch, domain: string, index: number): MemberDraft {
	const [firstName, lastName] = sketch.name;
	const joined = sketch.joined ?? null;
	const created = joined ?? `2023-0${(index % 8) + 1}-24T17:17:56Z`;
	const local = `${firstName}.${lastName}`.toLowerCase().replace('ø', 'o').replace(/[^a-z.-]/g, '');
	return {
		firstName, lastName, email: `${local}@${domain}`, role: sketch.role, jobTitle: sketch.title ?? null, active: sketch.active ?? true,
		city: sketch.city ?? null, identityId: joined ? 712_060 + index : null, identityUuid: joined ? world.newUuid() : null,
		invitationDateAccepted: joined, createdAt: created, updatedAt: utc(Date.parse(created) + 36 * 86_400_000),
	};
}

function open(world: World, id: number, name: string, accountId: string | null, role: string): Business {
	const business = emptyBusiness({ id, uuid: world.newUuid(), name, accountId });
	business.membership = world.newMembership(role);
	return business;
}

function settle(world: World, business: Business, drafts: MemberDraft[]): void {
	for (const draft of drafts) {
		const member = world.draftMember(draft);
		indexMember(business, member);
		const staff = world.addStaffFor(business, member);
		staff.apiToken = world.newSecret('apitoken');
		staff.projectIds = [staff.id * 2, staff.id * 2 + 1];
	}
}

/** The people at the start: four businesses, one of each kind that a caller must handle. */
export function seedDefault(world: World, by: Actor): void {
	const owner = defaultOwner();
	world.clear(owner);
	const billSpring = open(world, BILLSPRING, 'BillSpring', 'zDmNq', 'owner');
	settle(world, billSpring, [ownerAsMember(owner, 'owner'), ...BILLSPRING_PEOPLE.map((sketch, index) => fromSketch(world, sketch, 'example.com', index))]);
	world.addBusiness(billSpring, by);
	world.invite(billSpring, { email: 'jun.takeda@example.com', role: 'business_employee' }, by);
	world.invite(billSpring, { email: 'lucia.marchetti@example.com', role: 'contractor' }, by);

	const large = open(world, LARGE_BUSINESS, 'Harbour & Pine Works', 'e6Wmk', 'business_partner');
	settle(world, large, [ownerAsMember(owner, 'business_partner')]);
	generateMembers(world, large, 130, true);
	world.addBusiness(large, by);

	const withoutAccount = open(world, NO_ACCOUNT_BUSINESS, 'Lantern Bookkeeping', null, 'business_manager');
	withoutAccount.clientAccountId = 'Xr82w';
	settle(world, withoutAccount, [
		ownerAsMember(owner, 'business_manager'),
		fromSketch(world, { name: ['Ottilie', 'Grange'], role: 'owner', title: 'Founder', joined: '2024-02-11T11:00:00Z' }, 'example.org', 40),
		fromSketch(world, { name: ['Ravi', 'Montclair'], role: 'business_employee', joined: '2024-07-19T16:45:12Z' }, 'example.org', 41),
	]);
	world.addBusiness(withoutAccount, by);

	const closed = open(world, CLOSED_BUSINESS, 'Quarry Lane Café', 'k9PqT', 'business_employee');
	closed.listable = false;
	settle(world, closed, [
		fromSketch(world, { name: ['Petra', 'Vance'], role: 'owner', title: 'Owner', joined: '2022-05-05T09:00:00Z' }, 'example.org', 50),
		ownerAsMember(owner, 'business_employee'),
	]);
	world.addBusiness(closed, by);

	seedWork(world, billSpring, large);
	world.showAtOnce();
}

/** Projects and logged time of the people at the start, and of one who is invited. */
function seedWork(world: World, billSpring: Business, large: Business): void {
	const at = (...locals: string[]) => locals.map((local) => `${local}@example.com`);
	addProject(world, billSpring, { title: 'Autumn catalogue', members: at('ivo.castellan', 'teodor.wexley', 'mirela.okafor'), invited: at('jun.takeda') });
	addProject(world, billSpring, { title: 'Website', members: at('priyanka.solheim', 'teodor.wexley', 'soren.lindqvist', 'calum.prewitt') });
	addProject(world, billSpring, { title: 'Books of 2026', members: at('marlowe.ashdown', 'beatriz.fontaine') });
	addProject(world, large, { title: 'Pier 4', members: large.members.slice(1, 5).map(({ email }) => email) });
	const log = (local: string, project: number, duration: number, billed: boolean) => {
		const identityId = billSpring.members.find(({ email }) => email === `${local}@example.com`)?.identityId;
		if (identityId) addTimeEntry(world, billSpring, { identityId, duration, billed, project });
	};
	log('teodor.wexley', 0, 5_400, false);
	log('teodor.wexley', 1, 12_600, false);
	log('teodor.wexley', 1, 7_200, true);
	log('mirela.okafor', 0, 3_600, false);
	log('calum.prewitt', 1, 9_000, true);
	log('beatriz.fontaine', 2, 1_800, true);
}
