import type { DirectoryPerson } from './directory';
import { isOwnerRole, isPrivilegedRole, isSeatlessRole, roleTitle, sameRole, takesSeat } from './roles';

/** What a reviewer should look at, person by person. Pure. */

export const FINDING_KINDS = [
	'orphan',
	'leaver',
	'unexpectedBusiness',
	'missing',
	'roleMismatch',
	'staleInvitation',
	'neverAccepted',
	'duplicateAddress',
	'sameIdentity',
	'inactiveWithSeat',
	'privileged',
] as const;

export type FindingKind = (typeof FINDING_KINDS)[number];

export type Severity = 'high' | 'medium' | 'low' | 'info';

export const SEVERITIES: readonly Severity[] = ['high', 'medium', 'low', 'info'];

export interface Finding {
	severity: Severity;
	/** What was found, and what to do about it. */
	sentence: string;
	kind: FindingKind;
}

/** Whether somebody accepted an invitation, has one pending, or neither; `unknown` where the lists do not say. */
export type InvitationState = 'accepted' | 'pending' | 'none' | 'unknown';

/** One person in one business, as the lists show them. */
export interface ReviewedPerson {
	businessId: number;
	businessName: string | null;
	email: string | null;
	/** Other addresses in this business with the same FreshBooks identity. */
	otherAddresses: string[];
	firstName: string | null;
	lastName: string | null;
	role: string | null;
	/** null where the lists do not say. */
	active: boolean | null;
	/** Whether the address is confirmed, as the members list says; null where that list was not read or does not say. */
	confirmed: boolean | null;
	invitation: {
		state: InvitationState;
		/** A pending invitation is in the list, also beside a membership. ID, role, date and age are those of the invitation. */
		pending: boolean;
		id: number | null;
		role: string | null;
		invitedAt: string | null;
		acceptedAt: string | null;
		ageDays: number | null;
	};
	sourceIds: { teamMember: string | null; member: number | null; identity: number | null; invitation: number | null };
	createdAt: string | null;
	updatedAt: string | null;
	/** The person is in a list of people, and not in the list of invitations only. */
	listed: boolean;
}

/** What a person is compared with. */
export interface Circumstances {
	/** The directory's entry; null when the directory does not list the person, undefined without a directory. */
	entry: DirectoryPerson | null | undefined;
	/** How many rows of the business have this address. */
	sameAddress: number;
	/** Another row of the business with the same address or identity is active. */
	activeInAnotherRow: boolean;
	staleAfterDays: number;
}

type Judgement = (person: ReviewedPerson, circumstances: Circumstances) => Omit<Finding, 'kind'> | undefined;

const nameOfPerson = (person: ReviewedPerson): string => person.email ?? 'A person without an address';
const hasAccess = (person: ReviewedPerson): boolean => person.listed && person.active !== false;
/** Somebody who is in no list of people has an invitation, pending or of unknown status. */
const mayJoin = (person: ReviewedPerson): boolean => person.invitation.pending || !person.listed;

/** How a person has or gets access, as the predicate of a sentence; undefined for somebody inactive without an invitation. */
function wayIn(person: ReviewedPerson): string | undefined {
	const { active, confirmed, invitation } = person;
	const access = confirmed === false && active !== true ? 'is a team member with an unconfirmed address' : 'has access';
	if (hasAccess(person)) return invitation.pending ? `${access} and a pending invitation` : access;
	if (!mayJoin(person)) return undefined;
	return invitation.pending ? 'is invited' : 'has an invitation of unknown status';
}

/** The roles that a person has or would get. */
function grantedRoles(person: ReviewedPerson): string[] {
	const roles = [hasAccess(person) ? person.role : null, person.invitation.pending ? person.invitation.role : null];
	return roles.filter((role) => role !== null);
}

const orphan: Judgement = (person, { entry }) => {
	if (entry !== null) return undefined;
	const way = wayIn(person);
	if (way === undefined) return { severity: 'low', sentence: `${nameOfPerson(person)} is inactive, and the directory does not list them: remove the entry.` };
	const sentence = `${nameOfPerson(person)} ${way}, but the directory does not list them`;
	return hasAccess(person)
		? { severity: 'high', sentence: `${sentence}: offboard them or add them to the directory.` }
		: { severity: 'medium', sentence: `${sentence}: revoke the invitation or add them to the directory.` };
};

const leaver: Judgement = (person, { entry }) => {
	const way = wayIn(person);
	if (entry?.active !== false || way === undefined) return undefined;
	const wayOut = hasAccess(person) ? 'offboard them' : 'revoke the invitation';
	return { severity: 'high', sentence: `${nameOfPerson(person)} has left according to the directory, but ${way}: ${wayOut}.` };
};

/** `entryFor` returns an entry of another business only if the directory has none for this one. */
const unexpectedBusiness: Judgement = (person, { entry }) => {
	const way = wayIn(person);
	if (!entry || entry.active === false || way === undefined) return undefined;
	if (entry.businessId === null || entry.businessId === person.businessId) return undefined;
	const sentence = `${nameOfPerson(person)} ${way} here, but the directory lists them for business ${entry.businessId} and not for this one`;
	return hasAccess(person)
		? { severity: 'high', sentence: `${sentence}: offboard them here or add this business to the directory.` }
		: { severity: 'medium', sentence: `${sentence}: revoke the invitation or add this business to the directory.` };
};

const roleMismatch: Judgement = (person, { entry }) => {
	const expected = entry?.role ?? null;
	if (entry?.active === false || expected === null) return undefined;
	const roles = grantedRoles(person).filter((role) => !sameRole(role, expected));
	if (roles.length === 0) return undefined;
	const severity = roles.some(isPrivilegedRole) ? 'high' : 'medium';
	const sentence = `${nameOfPerson(person)} has the role ${roles.map(roleTitle).join(' and ')}, but the directory expects ${roleTitle(expected)}`;
	return { severity, sentence: `${sentence}: change the role or the directory.` };
};

const staleInvitation: Judgement = (person, { staleAfterDays }) => {
	const { pending, ageDays } = person.invitation;
	if (!pending || ageDays === null || ageDays <= staleAfterDays) return undefined;
	const sentence = hasAccess(person)
		? `${nameOfPerson(person)} has access, and an invitation of ${ageDays} days ago is still pending: revoke the invitation.`
		: `${nameOfPerson(person)} was invited ${ageDays} days ago and has not accepted: remind them or revoke the invitation.`;
	return { severity: 'medium', sentence };
};

const neverAccepted: Judgement = (person) => {
	const { pending, state } = person.invitation;
	if (!person.listed || pending || state === 'accepted' || isSeatlessRole(person.role) || isOwnerRole(person.role)) return undefined;
	// The members list alone does not show acceptance.
	if (person.sourceIds.teamMember === null) return undefined;
	const invitation = state === 'unknown' ? 'whether an invitation is pending is not known' : 'no invitation is pending';
	const sentence = `${nameOfPerson(person)} has a role with a login but never accepted an invitation, and ${invitation}`;
	return { severity: 'low', sentence: `${sentence}: invite them again or remove them.` };
};

const duplicateAddress: Judgement = (person, { sameAddress }) =>
	sameAddress < 2
		? undefined
		: { severity: 'medium', sentence: `${nameOfPerson(person)} is listed ${sameAddress} times in this business: keep one entry and remove the others.` };

const sameIdentity: Judgement = (person) =>
	person.otherAddresses.length === 0
		? undefined
		: {
				severity: 'medium',
				sentence: `${nameOfPerson(person)} is also listed as ${person.otherAddresses.join(', ')} with the same FreshBooks identity: keep one address.`,
			};

/** Whether the directory expects the person to be active in this business. */
function isExpectedHere({ businessId }: ReviewedPerson, entry: Circumstances['entry']): boolean {
	return entry?.active === true && (entry.businessId ?? businessId) === businessId;
}

const inactiveWithSeat: Judgement = (person, { entry, activeInAnotherRow }) => {
	if (!person.listed || person.active !== false || person.invitation.pending) return undefined;
	// An unknown role may take one.
	const seat = person.role === null || takesSeat(person.role) ? ', and the seat may still be billed' : '';
	const sentence = `${nameOfPerson(person)} is inactive with the role ${roleTitle(person.role ?? 'unknown')}${seat}`;
	if (isExpectedHere(person, entry) && !activeInAnotherRow) return { severity: 'low', sentence: `${sentence}, but the directory expects them to be active: activate them in FreshBooks or correct the directory.` };
	return seat === '' ? undefined : { severity: 'low', sentence: `${sentence}: remove the entry.` };
};

const privileged: Judgement = (person) => {
	const roles = grantedRoles(person).filter(isPrivilegedRole);
	if (roles.length === 0) return undefined;
	return { severity: 'info', sentence: `${nameOfPerson(person)} has the role ${roleTitle(roles[0])}, which may do almost everything: confirm that they need it.` };
};

const JUDGEMENTS: ReadonlyArray<[FindingKind, Judgement]> = [
	['orphan', orphan],
	['leaver', leaver],
	['unexpectedBusiness', unexpectedBusiness],
	['roleMismatch', roleMismatch],
	['staleInvitation', staleInvitation],
	['neverAccepted', neverAccepted],
	['duplicateAddress', duplicateAddress],
	['sameIdentity', sameIdentity],
	['inactiveWithSeat', inactiveWithSeat],
	['privileged', privileged],
];

/** All findings about one person. */
export function findingsFor(person: ReviewedPerson, circumstances: Circumstances): Finding[] {
	return JUDGEMENTS.flatMap(([kind, judge]) => {
		const judged = judge(person, circumstances);
		return judged ? [{ ...judged, kind }] : [];
	});
}

/**
 * The finding about somebody of the directory who was not found where they are expected.
 * @param business its name; null if they may be in any of those reviewed
 * @param isSure every list was read completely, including the invitations
 */
export function missing(entry: DirectoryPerson, business: string | null, isSure: boolean): Finding {
	const sentence = `${entry.email} should have the role ${roleTitle(entry.role ?? '')}`;
	return {
		severity: 'medium',
		sentence: isSure
			? `${sentence}, but is ${business === null ? 'in none of the businesses reviewed' : `not in ${business}`}: invite them or correct the directory.`
			: `${sentence}, but is not in what was read of ${business ?? 'the businesses reviewed'}: review again with every list.`,
		kind: 'missing',
	};
}
