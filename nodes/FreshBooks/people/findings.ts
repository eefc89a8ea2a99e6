import type { DirectoryPerson } from './directory';
import { isOwnerRole, isPrivilegedRole, isSeatlessRole, sameRole } from './roles';

/** What a reviewer should look at, person by person. Pure. */

export type FindingKind =
	| 'orphan'
	| 'leaver'
	| 'missing'
	| 'roleMismatch'
	| 'staleInvitation'
	| 'neverAccepted'
	| 'duplicateAddress'
	| 'inactiveWithSeat'
	| 'privileged';

export const FINDING_KINDS: readonly FindingKind[] = [
	'orphan',
	'leaver',
	'missing',
	'roleMismatch',
	'staleInvitation',
	'neverAccepted',
	'duplicateAddress',
	'inactiveWithSeat',
	'privileged',
];

export type Severity = 'high' | 'medium' | 'low' | 'info';

export const SEVERITIES: readonly Severity[] = ['high', 'medium', 'low', 'info'];

export interface Finding {
	kind: FindingKind;
	severity: Severity;
	/** What it is, and what to do about it. */
	sentence: string;
}

/** Where somebody stands with an invitation. */
export type InvitationState = 'accepted' | 'pending' | 'none' | 'unknown';

/** One person in one business, as the lists show them. */
export interface Person {
	businessId: number;
	businessName: string | null;
	email: string | null;
	firstName: string | null;
	lastName: string | null;
	role: string | null;
	/** null where the lists do not say. */
	active: boolean | null;
	invitation: {
		state: InvitationState;
		id: number | null;
		invitedAt: string | null;
		acceptedAt: string | null;
		ageDays: number | null;
	};
	sourceIds: { teamMember: string | null; member: number | null; identity: number | null; invitation: number | null };
	createdAt: string | null;
	updatedAt: string | null;
	/** The person stands in a list of people, and not as a pending invitation only. */
	listed: boolean;
}

/** What a person is held against. */
export interface Circumstances {
	/** The directory's entry; null when the directory does not know the address, undefined without a directory. */
	entry: DirectoryPerson | null | undefined;
	/** How many rows of the business have this address. */
	sameAddress: number;
	staleAfterDays: number;
}

type Judgement = (person: Person, circumstances: Circumstances) => Omit<Finding, 'kind'> | undefined;

const who = (person: Person): string => person.email ?? 'A person without an address';
const isPending = (person: Person): boolean => person.invitation.state === 'pending';
const hasAccess = (person: Person): boolean => person.listed && person.active !== false;
const isInvitedOnly = (person: Person): boolean => isPending(person) && !hasAccess(person);

const orphan: Judgement = (person, { entry }) => {
	if (entry !== null) return undefined;
	if (isInvitedOnly(person)) {
		return { severity: 'medium', sentence: `${who(person)} is invited, but is not in the directory: find out who they are, or revoke the invitation.` };
	}
	if (!hasAccess(person)) return { severity: 'low', sentence: `${who(person)} is inactive here and not in the directory: the entry can go.` };
	return { severity: 'high', sentence: `${who(person)} has access, but is not in the directory: find out who they are, or take them out.` };
};

const leaver: Judgement = (person, { entry }) => {
	if (entry?.active !== false || (!hasAccess(person) && !isPending(person))) return undefined;
	return isInvitedOnly(person)
		? { severity: 'high', sentence: `${who(person)} has left according to the directory, but can still accept an invitation: revoke it.` }
		: { severity: 'high', sentence: `${who(person)} has left according to the directory, but still has access: offboard them.` };
};

const roleMismatch: Judgement = (person, { entry }) => {
	const expected = entry?.role ?? null;
	if (entry?.active === false || expected === null || person.role === null || sameRole(person.role, expected)) return undefined;
	if (!hasAccess(person) && !isPending(person)) return undefined;
	const severity = isPrivilegedRole(person.role) ? 'high' : 'medium';
	return { severity, sentence: `${who(person)} is ${person.role} here, but should be ${expected}: change the role or the directory.` };
};

const staleInvitation: Judgement = (person, { staleAfterDays }) => {
	const { ageDays } = person.invitation;
	if (!isPending(person) || ageDays === null || ageDays <= staleAfterDays) return undefined;
	return { severity: 'medium', sentence: `${who(person)} was invited ${ageDays} days ago and has not accepted: remind them, or revoke the invitation.` };
};

const neverAccepted: Judgement = (person) => {
	const { state } = person.invitation;
	if (!person.listed || isPending(person) || state === 'accepted' || isSeatlessRole(person.role) || isOwnerRole(person.role)) return undefined;
	// The guide's list says nothing of acceptance by itself.
	if (person.sourceIds.teamMember === null) return undefined;
	const pending = state === 'unknown' ? 'whether an invitation is pending could not be read' : 'none is pending';
	return { severity: 'low', sentence: `${who(person)} has a role with a login but never accepted an invitation, and ${pending}: invite them again, or remove them.` };
};

const duplicateAddress: Judgement = (person, { sameAddress }) =>
	sameAddress < 2
		? undefined
		: { severity: 'medium', sentence: `${who(person)} stands ${sameAddress} times in this business: keep one entry and remove the others.` };

const inactiveWithSeat: Judgement = (person) =>
	person.listed && person.active === false && !isPending(person) && !isSeatlessRole(person.role)
		? { severity: 'low', sentence: `${who(person)} is inactive but holds a seat as ${person.role ?? 'unknown role'}: the seat may still be billed.` }
		: undefined;

const privileged: Judgement = (person) =>
	isPrivilegedRole(person.role) && (hasAccess(person) || isPending(person))
		? { severity: 'info', sentence: `${who(person)} is ${person.role} and may do almost everything: confirm that this is needed.` }
		: undefined;

const JUDGEMENTS: ReadonlyArray<[FindingKind, Judgement]> = [
	['orphan', orphan],
	['leaver', leaver],
	['roleMismatch', roleMismatch],
	['staleInvitation', staleInvitation],
	['neverAccepted', neverAccepted],
	['duplicateAddress', duplicateAddress],
	['inactiveWithSeat', inactiveWithSeat],
	['privileged', privileged],
];

/** Everything to be said about one person. */
export function findingsFor(person: Person, circumstances: Circumstances): Finding[] {
	return JUDGEMENTS.flatMap(([kind, judge]) => {
		const judged = judge(person, circumstances);
		return judged ? [{ kind, ...judged }] : [];
	});
}

/** The finding about somebody of the directory who is nowhere in FreshBooks. `complete`: every list was read whole. */
export function missing(entry: DirectoryPerson, complete: boolean): Finding {
	const where = complete ? 'is not in FreshBooks' : 'is not in what could be read of FreshBooks';
	return { kind: 'missing', severity: 'medium', sentence: `${entry.email} should be ${entry.role} here, but ${where}: invite them, or correct the directory.` };
}
