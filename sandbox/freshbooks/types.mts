/** The people and businesses of the sandbox. Times are ISO 8601 in UTC, to the second. */

/** One person in one business: what FreshBooks shows as a team member (uuid), a business member (memberId) and a group member. */
export interface Member {
	uuid: string;
	memberId: number;
	identityId: number | null;
	identityUuid: string | null;
	firstName: string;
	middleName: string | null;
	lastName: string;
	email: string;
	jobTitle: string | null;
	street1: string | null;
	street2: string | null;
	city: string | null;
	province: string | null;
	country: string | null;
	postalCode: string | null;
	phoneNumber: string | null;
	role: string;
	active: boolean;
	invitationDateAccepted: string | null;
	permissions: Record<string, unknown> | null;
	createdAt: string;
	updatedAt: string;
	staffId: number | null;
}

export type InvitationStatus = 'pending' | 'accepted' | 'revoked';

export interface Invitation {
	id: number;
	email: string;
	role: string;
	status: InvitationStatus;
	createdAt: string;
}

/** An accounting record of a person. `visState`: 0 active, 1 deleted, 2 archived (FreshBooks API docs, Staff page). */
export interface StaffRecord {
	id: number;
	memberUuid: string | null;
	visState: number;
	level: number;
	role: string;
	apiToken: string | null;
	signupDate: string;
	lastLogin: string;
	updated: string;
	projectIds: number[];
	fields: Record<string, string | null>;
}

/** A project of a business. Lists do not show its people who left, or its invitations that are not pending any more. */
export interface Project {
	id: number;
	groupId: number;
	title: string;
	createdAt: string;
	memberIds: number[];
	invitationIds: number[];
}

/** Time that somebody logged; `duration` in seconds. */
export interface TimeEntry {
	id: number;
	identityId: number;
	projectId: number | null;
	duration: number;
	billed: boolean;
	startedAt: string;
}

/** The connected user's membership of a business. */
export interface Membership {
	id: number;
	groupId: number;
	role: string;
	fasttrackToken: string;
}

export interface Business {
	id: number;
	uuid: string;
	name: string;
	accountId: string | null;
	/** An account the business reaches as a client, for businesses without one of their own. */
	clientAccountId: string | null;
	/** False: the connected user may not list this business's people. */
	listable: boolean;
	active: boolean;
	membership: Membership | null;
	members: Member[];
	membersByUuid: Map<string, Member>;
	membersById: Map<number, Member>;
	/** The members that still answer under a UUID that is not listed any more; see `changeUuid`. */
	membersByFormerUuid: Map<string, Member>;
	invitations: Invitation[];
	staff: StaffRecord[];
	staffById: Map<number, StaffRecord>;
	projects: Project[];
	timeEntries: TimeEntry[];
	/** Increases with every change of its people: filtered views are valid for one version. */
	version: number;
}

/** The person whose token calls the API. */
export interface Owner {
	identityId: number;
	identityUuid: string;
	firstName: string;
	lastName: string;
	email: string;
	language: string;
	timezone: string;
	jobTitle: string | null;
	company: string | null;
}

export type HistoryKind =
	| 'memberAdded' | 'memberRemoved' | 'memberDeactivated' | 'memberReactivated' | 'roleChanged'
	| 'memberUpdated' | 'memberIdChanged' | 'invitationCreated' | 'invitationAccepted' | 'invitationRevoked'
	| 'staffCreated' | 'staffUpdated' | 'staffDeleted' | 'ownerUpdated'
	| 'businessAdded' | 'businessChanged' | 'businessDeleted' | 'membershipAdded' | 'membershipRemoved';

/** Who made a change: a caller of the FreshBooks API, or the control API and its web page. */
export type Actor = 'api' | 'control';

export interface HistoryEntry {
	seq: number;
	at: string;
	/** Milliseconds, by the machine's own clock, without `clockOffsetMs`. */
	machineAt: number;
	kind: HistoryKind;
	by: Actor;
	/** Whose token made it, counted from 1; null for the control API. */
	grant: number | null;
	businessId: number | null;
	/** The person after the change. */
	person: Pick<Member, 'uuid' | 'memberId' | 'email' | 'role' | 'active' | 'firstName' | 'lastName' | 'identityId'> | null;
	details: Record<string, unknown>;
}

export type Profile = 'documented' | 'guide';

export interface RateLimit {
	perSecond: number;
	/** The form of Retry-After in a 429: none, seconds, or an HTTP date. */
	retryAfter: 'none' | 'seconds' | 'date';
}

export interface Settings {
	profile: Profile;
	latencyMs: number;
	rateLimit: RateLimit | null;
	clockOffsetMs: number;
	defaultPerPage: number;
	pageSizeCap: number;
	/** The `per_page` that a list reports: the number it used, the number asked for, or nothing. */
	perPageEcho: 'clamped' | 'asked' | 'absent';
	pagesWithoutSaying: boolean;
	listLagMs: number;
	roleChangeIgnored: boolean;
	ownerProtected: boolean;
	/** Null: the stored status. */
	invitationStatus: string | null;
	staffLimit: number;
	expiredTokenStatus: 401 | 403;
	rejectDuplicateInvitations: boolean;
	invitedAddress: 'asTyped' | 'lowerCase';
	/** Which records the list shows without `search[vis_state]`. */
	staffListed: 'all' | 'active';
	pendingInTeamMembers: boolean;
	bumpUpdatedAt: boolean;
	removedMembers: 'gone' | 'inactive';
	usersMeShape: 'modern' | 'flat';
	membershipWithoutBusiness: boolean;
	accountingErrors: 'old' | 'new';
	refreshKillsAccessToken: boolean;
	refreshNeedsRedirectUri: boolean;
	/** The scopes enabled on the app, separated by spaces. Null: every known one. */
	appScopes: string | null;
	autoConsent: boolean;
}
