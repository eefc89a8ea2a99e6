import { invitationOf, type Invitation } from '../../../nodes/FreshBooks/api/invitations';
import { teamMemberOf, type TeamMember } from '../../../nodes/FreshBooks/api/teamMembers';
import type { WireObject } from '../../../nodes/FreshBooks/client/json';

/**
 * Thirty-four people of one business and a directory, written by hand so that every finding occurs, with the expected findings.
 * Review date 2026-11-21; the limit for invitations is 14 days.
 */

export const NOW = Date.UTC(2026, 10, 21, 12, 0, 0);

interface Row {
	email: string;
	/** The person's row in the published list; absent: not listed. */
	team?: { role: string; active?: boolean; accepted?: boolean; identity?: number };
	/** A pending invitation and its age in days; null: FreshBooks returns no date. */
	invited?: { role: string; days: number | null };
	/** The person's entry in the directory; absent: none. */
	directory?: { role?: string; active?: unknown; businessId?: number };
	expected: string[];
}

const member = (role: string, extra: { active?: boolean; accepted?: boolean; identity?: number } = {}) => ({ role, ...extra });

export const TABLE: Row[] = [
	// As expected: no findings.
	{ email: 'fine1@x.org', team: member('business_employee'), directory: { role: 'business_employee' }, expected: [] },
	{ email: 'fine2@x.org', team: member('business_manager'), directory: { role: 'Manager' }, expected: [] },
	{ email: 'fine3@x.org', team: member('contractor'), directory: {}, expected: [] },
	{ email: 'fine4@x.org', team: member('no_seat_employee', { accepted: false }), directory: { role: 'Unassigned' }, expected: [] },
	{ email: 'Fine5@X.org', team: member('business_accountant'), directory: { role: 'accountant', active: 'ACTIVE' }, expected: [] },
	{ email: 'fine6@x.org', invited: { role: 'business_employee', days: 14 }, directory: { role: 'employee' }, expected: [] },
	{ email: 'fine7@x.org', invited: { role: 'business_employee', days: null }, directory: { role: 'employee' }, expected: [] },
	{ email: 'fine8@x.org', directory: { role: 'employee', active: false }, expected: [] },
	{ email: 'fine9@x.org', directory: { active: true }, expected: [] },
	{ email: 'fine10@x.org', team: member('business_employee'), directory: { active: 'sabbatical' }, expected: [] },
	// In FreshBooks, not in the directory.
	{ email: 'orphan1@x.org', team: member('business_employee'), expected: ['orphan:high'] },
	{ email: 'orphan2@x.org', team: member('contractor', { active: false }), expected: ['orphan:low'] },
	{ email: 'orphan3@x.org', invited: { role: 'business_employee', days: 2 }, expected: ['orphan:medium'] },
	{ email: 'orphan4@x.org', team: member('business_partner'), expected: ['orphan:high', 'privileged:info'] },
	// Expected in another business.
	{ email: 'else1@x.org', team: member('business_employee'), directory: { role: 'manager', businessId: 102 }, expected: ['unexpectedBusiness:high'] },
	{ email: 'else2@x.org', invited: { role: 'business_employee', days: 1 }, directory: { businessId: 102 }, expected: ['unexpectedBusiness:medium'] },
	// Inactive in the directory.
	{ email: 'leaver1@x.org', team: member('business_employee'), directory: { active: false }, expected: ['leaver:high'] },
	{ email: 'leaver2@x.org', invited: { role: 'business_employee', days: 3 }, directory: { active: 'DEPROVISIONED' }, expected: ['leaver:high'] },
	{ email: 'leaver3@x.org', team: member('business_employee', { active: false }), directory: { active: 'no' }, expected: ['inactiveWithSeat:low'] },
	{ email: 'leaver4@x.org', team: member('owner'), directory: { active: false, role: 'employee' }, expected: ['leaver:high', 'privileged:info'] },
	// Expected but absent.
	{ email: 'missing1@x.org', directory: { role: 'business_employee' }, expected: ['missing:medium'] },
	{ email: 'missing2@x.org', directory: { role: 'manager', active: true }, expected: ['missing:medium'] },
	// Not the expected role.
	{ email: 'role1@x.org', team: member('business_manager'), directory: { role: 'business_employee' }, expected: ['roleMismatch:medium'] },
	{ email: 'role2@x.org', team: member('business_partner'), directory: { role: 'employee' }, expected: ['roleMismatch:high', 'privileged:info'] },
	{ email: 'role3@x.org', invited: { role: 'contractor', days: 1 }, directory: { role: 'employee' }, expected: ['roleMismatch:medium'] },
	// Invitations.
	{ email: 'stale1@x.org', invited: { role: 'business_employee', days: 15 }, directory: { role: 'employee' }, expected: ['staleInvitation:medium'] },
	{
		email: 'stale2@x.org',
		team: member('business_employee', { active: false, accepted: false }),
		invited: { role: 'business_employee', days: 40 },
		directory: {},
		expected: ['staleInvitation:medium'],
	},
	{ email: 'never1@x.org', team: member('business_employee', { accepted: false }), directory: {}, expected: ['neverAccepted:low'] },
	{
		email: 'never2@x.org',
		team: member('contractor', { active: false, accepted: false }),
		directory: {},
		expected: ['neverAccepted:low', 'inactiveWithSeat:low'],
	},
	// Two rows in the business.
	{ email: 'double@x.org', team: member('business_employee'), directory: {}, expected: ['duplicateAddress:medium'] },
	{ email: 'DOUBLE@x.org', team: member('business_employee'), directory: {}, expected: ['duplicateAddress:medium'] },
	// Two addresses.
	{ email: 'old.name@x.org', team: member('business_employee', { identity: 7 }), directory: {}, expected: ['sameIdentity:medium'] },
	{ email: 'new.name@x.org', team: member('business_employee', { identity: 7 }), expected: ['sameIdentity:medium'] },
	// Needs a look.
	{ email: 'admin@x.org', team: member('business_partner'), directory: { role: 'Admin' }, expected: ['privileged:info'] },
];

function daysAgo(days: number): string {
	return new Date(NOW - days * 86_400_000).toISOString();
}

/** The parsed rows of FreshBooks' lists for the table, and the directory's rows. */
export function rowsOfTable(): { teamMembers: TeamMember[]; invitations: Invitation[]; directory: WireObject[] } {
	const teamMembers = TABLE.flatMap(({ email, team }, index) =>
		team
			? [
					{
						uuid: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
						email,
						first_name: 'First',
						last_name: `Last${index}`,
						business_role_name: team.role,
						active: team.active ?? true,
						identity_id: team.accepted === false ? null : (team.identity ?? 1000 + index),
						invitation_date_accepted: team.accepted === false ? null : daysAgo(300),
						created_at: daysAgo(400),
						updated_at: daysAgo(200),
					},
				]
			: [],
	);
	const invitations = TABLE.flatMap(({ email, invited }, index) =>
		invited
			? [{ id: 500 + index, email, role: invited.role, status: 'pending', ...(invited.days === null ? {} : { created_at: daysAgo(invited.days) }) }]
			: [],
	);
	const directory = TABLE.flatMap(({ email, directory: entry }) => (entry ? [{ email: email.toLowerCase(), ...entry }] : []));
	return { teamMembers: teamMembers.map(teamMemberOf), invitations: invitations.map(invitationOf), directory };
}
