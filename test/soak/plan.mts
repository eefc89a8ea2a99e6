// Which changes are made by whom, and what happens to the sandbox meanwhile: pure, from the seed.
import { generatedPerson } from '../../sandbox/freshbooks/people.mts';
import { Chance } from './random.mts';

/** Who changes people: FreshBooks' own users, the package's actions, another program with a grant of its own. */
export type Hand = 'people' | 'package' | 'other program';

export type Act =
	| { readonly kind: 'join'; readonly role: string }
	| { readonly kind: 'role'; readonly by: Hand | 'both at once'; readonly role: string }
	| { readonly kind: 'rename'; readonly lastName: string }
	| { readonly kind: 'address'; readonly email: string }
	| { readonly kind: 'deactivate' }
	| { readonly kind: 'reactivate' }
	| { readonly kind: 'newId'; readonly oldAnswers: boolean }
	/** Leaves, and somebody else with the same address joins at once. */
	| { readonly kind: 'successor'; readonly role: string }
	/** Leaves, and another member takes over the address; `to`: as {@link Life.veteran}. */
	| { readonly kind: 'bequeath'; readonly to: number }
	| { readonly kind: 'invite'; readonly by: Hand; readonly role: string; readonly way: 'businessInvitations' | 'userInvitation' }
	| { readonly kind: 'inviteAgain'; readonly role: string }
	/** By FreshBooks' own users, beside the pending one; `instead`: that one is then revoked. */
	| { readonly kind: 'resend'; readonly role: string; readonly instead: boolean }
	| { readonly kind: 'onboard'; readonly role: string; readonly runs: number; readonly besideOther: boolean }
	| { readonly kind: 'accept'; readonly oneOfSeveral: boolean }
	/** All that are pending are revoked by FreshBooks' own users. */
	| { readonly kind: 'withdraw' }
	| { readonly kind: 'revoke'; readonly by: Hand }
	| { readonly kind: 'leave'; readonly by: Hand | 'both at once'; readonly way: 'remove' | 'offboard' };

export interface Step {
	/** Milliseconds after the step before has ended. */
	readonly afterMs: number;
	readonly act: Act;
}

/** The steps of one person in one business, in order. */
export interface Life {
	readonly startsAtMs: number;
	/** Index in {@link BUSINESSES}. */
	readonly business: number;
	readonly email: string;
	/** Index among the people at the start; undefined for a new person. */
	readonly veteran: number | undefined;
	readonly steps: readonly Step[];
}

/** The reads of the package's actions meanwhile. */
export const READS = ['team members', 'business members', 'business group', 'invitations', 'staff', 'businesses', 'review'] as const;

export interface Read {
	readonly atMs: number;
	readonly what: (typeof READS)[number];
	readonly business: number;
}

/** Actions about the connected user, who owns every business: they must change nothing. */
export const ATTEMPTS = ['remove', 'offboard', 'updateRole', 'onboard'] as const;

export interface Attempt {
	readonly atMs: number;
	readonly kind: (typeof ATTEMPTS)[number];
	readonly business: number;
}

export interface Plan {
	readonly lives: readonly Life[];
	readonly reads: readonly Read[];
	readonly attempts: readonly Attempt[];
	readonly outages: ReadonlyArray<{ readonly atMs: number; readonly ms: number }>;
	readonly clockJumps: ReadonlyArray<{ readonly atMs: number; readonly offsetMs: number }>;
	/** For so long the connected user may not list a business. */
	readonly refusals: ReadonlyArray<{ readonly atMs: number; readonly ms: number; readonly business: number }>;
}

export const BUSINESSES = [
	{ id: 6101, name: 'Alder Works', people: 26 },
	{ id: 6102, name: 'Birch & Company', people: 128 },
	{ id: 6103, name: 'Cedar Studio', people: 14 },
	{ id: 6104, name: 'Dogwood Café', people: 9 },
] as const;

/** The business of the identity provider, in which nobody else changes anything. */
export const PROVISIONED = { id: 6105, name: 'Elm Yard', people: 24 } as const;

/** The businesses that the triggers watch. */
export const WATCHED = [...BUSINESSES, PROVISIONED];

const ROLES = ['business_employee', 'business_manager', 'contractor', 'business_accountant'];
const FIRST = ['ada', 'bela', 'cora', 'dario', 'edda', 'femi', 'gila', 'hugo', 'ines', 'jora', 'kai', 'lene', 'milo', 'nora', 'olu', 'pia'];
const LAST = ['arendt', 'basso', 'corvin', 'duval', 'ekberg', 'falk', 'greco', 'holm', 'ibarra', 'jansen', 'kerr', 'lund', 'moreau', 'nyberg'];
const HOUR_MS = 3_600_000;
const CLOCK_OFFSETS_MS = [2 * HOUR_MS, -3 * HOUR_MS, 13 * HOUR_MS, 0, -90_000];

/** The plan of a campaign of so many minutes. The same seed and minutes give the same plan. */
export function planOf(seed: number, minutes: number): Plan {
	const endMs = minutes * 60_000;
	return { lives: lives(seed, endMs), reads: reads(seed, endMs), attempts: attempts(seed, endMs), outages: outages(seed, endMs), clockJumps: clockJumps(seed, endMs), refusals: refusals(seed, endMs) };
}

/** Times from 0 to `endMs`, so far apart. */
function* times(chance: Chance, endMs: number, first: number, shortest: number, longest: number): Generator<number> {
	for (let at = first; at < endMs; at += chance.between(shortest, longest)) yield at;
}

function lives(seed: number, endMs: number): Life[] {
	const chance = new Chance(seed, 'lives');
	const veterans = new Map(BUSINESSES.map(({ people }, business) => [business, chance.shuffled(Array.from({ length: people }, (_, place) => place))]));
	const starts = [...Array.from({ length: 12 }, (_, place) => 500 + place * 250), ...times(chance, endMs - 5_000, 5_000, 900, 2_600)];
	return starts.map((startsAtMs, number) => lifeOf(chance, startsAtMs, number, veterans));
}

function lifeOf(chance: Chance, startsAtMs: number, number: number, veterans: Map<number, number[]>): Life {
	const business = chance.between(0, BUSINESSES.length - 1);
	const email = `${chance.of(FIRST)}.${chance.of(LAST)}.${number}@soak.example`;
	const make = [joiner, invitee, hire, veteranLife][number % 4] ?? joiner;
	const left = veterans.get(business) ?? [];
	// Half of the people at the start stay unchanged.
	const veteran = make === veteranLife && left.length > (BUSINESSES[business]?.people ?? 0) / 2 ? left.pop() : undefined;
	const all = make === veteranLife && veteran === undefined ? joiner(chance, number) : make(chance, number);
	const heir = left.length > (BUSINESSES[business]?.people ?? 0) / 2 && chance.happens(0.3) ? left.pop() : undefined;
	// Somebody without a login who takes over an address cannot be distinguished from somebody invited who has not accepted.
	if (heir !== undefined && hasLogin(heir) && all.at(-1)?.kind === 'leave') all.splice(-1, 1, { kind: 'bequeath', to: heir });
	const acts = all.filter(({ kind }) => !NEEDS_LOGIN.has(kind) || hasLogin(veteran));
	return { startsAtMs, business, email, veteran, steps: acts.map((act) => ({ afterMs: chance.between(300, 9_000), act })) };
}

/** Without an identity, one person who gets a new ID and two people who follow one another cannot be distinguished. */
const NEEDS_LOGIN: ReadonlySet<Act['kind']> = new Set(['newId', 'successor']);

/** Generated people without a seat have no login. */
function hasLogin(veteran: number | undefined): boolean {
	return veteran === undefined || generatedPerson(placeInTeam(veteran)).identityId !== null;
}

/** The connected user is the first. */
export function placeInTeam(veteran: number): number {
	return veteran + 1;
}

const HANDS: readonly Hand[] = ['people', 'package', 'other program'];

function changes(chance: Chance, number: number): Act[] {
	const role: Act = { kind: 'role', by: chance.of([...HANDS, 'both at once'] as const), role: chance.of(ROLES) };
	const away: Act[] = chance.happens(0.5) ? [{ kind: 'deactivate' }, { kind: 'reactivate' }] : [];
	const others: Act[] = [
		role,
		{ kind: 'rename', lastName: chance.of(LAST) },
		{ kind: 'newId', oldAnswers: chance.happens(0.5) },
		{ kind: 'successor', role: chance.of(ROLES) },
		{ kind: 'address', email: `${chance.of(FIRST)}.${chance.of(LAST)}.${number}.new@soak.example` },
	];
	return [...chance.shuffled(others).slice(0, chance.between(1, 3)), ...away];
}

function leave(chance: Chance): Act[] {
	if (chance.happens(0.25)) return [];
	return [{ kind: 'leave', by: chance.of([...HANDS, 'both at once'] as const), way: chance.of(['remove', 'offboard'] as const) }];
}

function joiner(chance: Chance, number: number): Act[] {
	return [{ kind: 'join', role: chance.of(ROLES) }, ...changes(chance, number), ...leave(chance)];
}

function veteranLife(chance: Chance, number: number): Act[] {
	return [...changes(chance, number), ...leave(chance)];
}

function invitee(chance: Chance, number: number): Act[] {
	const invite: Act = { kind: 'invite', by: chance.of(['people', 'package', 'package', 'other program'] as const), role: chance.of(ROLES), way: chance.of(['businessInvitations', 'userInvitation'] as const) };
	const again: Act[] = chance.happens(0.5) ? [{ kind: 'inviteAgain', role: invite.role }] : [];
	const several: Act[] = chance.happens(0.4) ? [{ kind: 'resend', role: invite.role, instead: chance.happens(0.5) }, { kind: 'resend', role: chance.of(ROLES), instead: false }] : [];
	const withdrawn: Act[] = several.length > 0 ? [{ kind: 'withdraw' }] : [];
	const end: Act[] = chance.happens(0.4) ? [...withdrawn, { kind: 'revoke', by: chance.of(HANDS) }] : [{ kind: 'accept', oneOfSeveral: several.length > 0 }, ...withdrawn, ...changes(chance, number), ...leave(chance)];
	return [invite, ...again, ...several, ...end];
}

function hire(chance: Chance, number: number): Act[] {
	const role = chance.of(ROLES);
	const onboard: Act = { kind: 'onboard', role, runs: chance.between(1, 2), besideOther: chance.happens(0.5) };
	const again: Act = { kind: 'onboard', role, runs: 1, besideOther: false };
	return [onboard, again, { kind: 'accept', oneOfSeveral: false }, ...changes(chance, number), ...leave(chance)];
}

function reads(seed: number, endMs: number): Read[] {
	const chance = new Chance(seed, 'reads');
	return [...times(chance, endMs, 1_000, 600, 2_400)].map((atMs) => ({ atMs, what: chance.of(READS), business: chance.between(0, BUSINESSES.length - 1) }));
}

function attempts(seed: number, endMs: number): Attempt[] {
	const chance = new Chance(seed, 'attempts');
	return [...times(chance, endMs, 4_000, 8_000, 20_000)].map((atMs) => ({ atMs, kind: chance.of(ATTEMPTS), business: chance.between(0, BUSINESSES.length - 1) }));
}

function outages(seed: number, endMs: number): Plan['outages'] {
	const chance = new Chance(seed, 'outages');
	return [...times(chance, endMs - 5_000, 20_000, 25_000, 60_000)].map((atMs) => ({ atMs, ms: chance.between(800, 4_000) }));
}

function clockJumps(seed: number, endMs: number): Plan['clockJumps'] {
	const chance = new Chance(seed, 'clock');
	return [...times(chance, endMs, 15_000, 20_000, 45_000)].map((atMs) => ({ atMs, offsetMs: chance.of(CLOCK_OFFSETS_MS) }));
}

function refusals(seed: number, endMs: number): Plan['refusals'] {
	const chance = new Chance(seed, 'refusals');
	return [...times(chance, endMs - 35_000, 40_000, 70_000, 150_000)].map((atMs) => ({ atMs, ms: chance.between(20_000, 30_000), business: chance.between(0, BUSINESSES.length - 1) }));
}
