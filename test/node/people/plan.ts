/** The start of a world and its events: plain values, random or written by a test. */

export type List = 'teamMembers' | 'members' | 'invitations';
export const LISTS: readonly List[] = ['teamMembers', 'members', 'invitations'];

/** Role names of the published list, and of the guide's lists. */
const SHORT_ROLES = new Map([
	['owner', 'owner'],
	['business_partner', 'admin'],
	['business_manager', 'manager'],
	['business_employee', 'employee'],
	['contractor', 'contractor'],
]);
export const ROLES: readonly string[] = [...SHORT_ROLES.keys()];

/** A role name of the guide's lists. */
export const shortRole = (role: string): string => SHORT_ROLES.get(role) ?? role;

/** The name by which this world stores a role. */
export function roleOf(name: unknown): string {
	const word = String(name).trim().toLowerCase();
	return ROLES.find((role) => role === word || SHORT_ROLES.get(role) === word) ?? word;
}

/** The connected user. All others have higher numbers. */
export const ME = 0;
export type Alias = 'own' | 'case' | 'other' | 'shared';

/** Person 3 has a letter with two Unicode forms. The first letter of person 5 is the Kelvin sign, not the k of person 4. */
const LOCAL_PARTS = new Map([[3, 'jos\u00e9'], [4, 'kim'], [5, '\u212aim']]);
const SPELLED_OTHERWISE = new Map([[3, 'JOSE\u0301'], [4, 'KIM'], [5, '\u212aIM']]);

/** An address of a person: their own, its other form, a second one, or a shared one. */
export function addressOf(human: number, alias: Alias): string {
	if (alias === 'shared') return 'shared@example.com';
	if (alias === 'other') return `other${human}@example.com`;
	return alias === 'own' ? `${LOCAL_PARTS.get(human) ?? `person${human}`}@example.com` : `${SPELLED_OTHERWISE.get(human) ?? `PERSON${human}`}@Example.COM`;
}

export const identityOf = (human: number): number => 700 + human;

export const businessIdOf = (business: number): number => 1001 + business;

export interface RowPlan {
	human: number;
	alias: Alias;
	role: string;
	active: boolean;
	hasIdentity: boolean;
	addressNotIn: List | null;
	hasAddress: boolean;
}

export interface InvitationPlan {
	human: number;
	alias: Alias;
	role: string;
	status: string;
}

export interface ListFault {
	target: List | 'me';
	/** The first affected request, from 0, and how many. */
	from: number;
	count: number;
	how: 'error' | 'forbidden' | 'notFound' | 'webPage' | 'truncated' | 'throttled' | 'reset' | 'hidden' | 'empty';
}

export interface WriteFault {
	/** The first affected write, from 0, and how many. */
	from: number;
	count: number;
	effect: 'done' | 'none' | 'late';
	/** When a late write arrives, in milliseconds. */
	lateMs: number;
	answer: 'success' | 'error' | 'page503' | 'page520' | 'page524' | 'reset' | 'empty';
}

export const CHANGES = ['accept', 'leave', 'newAddress', 'newIds', 'role', 'deactivate', 'invite', 'revoke'] as const;

/** What somebody else does before the response to the request with this number. */
export interface Change {
	before: number;
	business: number;
	kind: (typeof CHANGES)[number];
	who: number;
	role: string;
}

export interface WorldPlan {
	meRole: string;
	businesses: Array<{ rows: RowPlan[]; invitations: InvitationPlan[] }>;
	/** Lists that FreshBooks does not offer. */
	absent: List[];
	/** How far each response of a list lags behind the truth, in milliseconds. */
	lags: Record<List, number[]>;
	identityInMembers: boolean;
	keepsRemoved: boolean;
	pageSize: number;
	faults: ListFault[];
	writeFaults: WriteFault[];
	changes: Change[];
	/** How many microtasks each response takes. */
	turns: number[];
}

export const QUIET: WorldPlan = {
	meRole: 'business_partner',
	businesses: [{ rows: [], invitations: [] }],
	absent: [],
	lags: { teamMembers: [0], members: [0], invitations: [0] },
	identityInMembers: true,
	keepsRemoved: false,
	pageSize: 100,
	faults: [],
	writeFaults: [],
	changes: [],
	turns: [0],
};

/** Secrets of the credential and of FreshBooks' responses, which must never be shown. */
export const SECRETS = ['first-access-token', 'first-refresh-token', 'client-password'];

/** The longest lag of a list, and of a write behind a gateway's response. */
export const LONGEST_LAG_MS = 15_000;
