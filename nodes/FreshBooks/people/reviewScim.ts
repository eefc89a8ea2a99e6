import type { ScimSource } from './scimUser';
import type { ReviewedPerson } from './findings';
import { highestSeverity, type ReviewRow } from './reviewReport';

/** A review's rows as SCIM users, with the findings in FreshBooks' extension. Pure. */

function idOf(person: ReviewedPerson | null, email: string): string {
	const { teamMember, member, invitation } = person?.sourceIds ?? { teamMember: null, member: null, invitation: null };
	if (teamMember !== null) return teamMember;
	if (member !== null) return String(member);
	// Somebody without a row in a list of people: only invited, or missing.
	return invitation === null ? email : `invitation-${invitation}`;
}

export function scimSourceOfRow({ person, entry, businessId, businessName, findings, absence }: ReviewRow): ScimSource {
	const email = person?.email ?? entry?.email ?? null;
	return {
		id: idOf(person, email ?? 'unknown'),
		identityId: person?.sourceIds.identity ?? null,
		email,
		firstName: person?.firstName,
		lastName: person?.lastName,
		active: person ? person.active : absence.active,
		role: person?.role ?? null,
		createdAt: person?.createdAt,
		updatedAt: person?.updatedAt,
		freshBooks: {
			businessId,
			businessName,
			teamMemberId: person?.sourceIds.teamMember ?? null,
			memberId: person?.sourceIds.member ?? null,
			invitationId: person?.sourceIds.invitation ?? null,
			confirmed: person?.confirmed ?? null,
			otherAddresses: person?.otherAddresses ?? [],
			invitationState: person?.invitation.state ?? absence.invitation,
			invitationPending: person?.invitation.pending ?? false,
			invitationAcceptedAt: person?.invitation.acceptedAt ?? null,
			severity: highestSeverity(findings),
			findings: findings.map((finding) => ({ ...finding })),
		},
	};
}
