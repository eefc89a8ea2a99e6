import type { Json } from '../support.mts';

/**
 * People of one business and a directory, written by hand so that every finding occurs, with the expected findings. Like
 * FreshBooks, the sandbox returns no date of a pending invitation: its age comes from the listed person.
 */

export const LEDGER = 101;
/** A business that is not reviewed. */
const ELSEWHERE = 102;
const SHARED_IDENTITY = 4_000;

interface Row {
	email: string;
	/** Listed as a team member. `joined` false: never accepted an invitation. */
	member?: { role: string; active?: boolean; joined?: boolean; daysAgo?: number; identityId?: number };
	/** A pending invitation as this role. */
	invited?: string;
	directory?: Json;
	expected: string[];
}

const EMPLOYEE = 'business_employee';

export const TABLE: Row[] = [
	// As expected.
	{ email: 'fine1@example.com', member: { role: EMPLOYEE }, directory: { role: EMPLOYEE }, expected: [] },
	{ email: 'fine2@example.com', member: { role: 'business_manager' }, directory: { role: 'Manager' }, expected: [] },
	{ email: 'fine3@example.com', member: { role: 'contractor' }, directory: {}, expected: [] },
	{ email: 'fine4@example.com', member: { role: 'no_seat_employee', joined: false }, directory: { role: 'Unassigned' }, expected: [] },
	{ email: 'fine5@example.com', invited: EMPLOYEE, directory: { role: 'employee' }, expected: [] },
	{ email: 'fine6@example.com', directory: { role: 'employee', active: false }, expected: [] },
	{ email: 'fine7@example.com', directory: { active: true }, expected: [] },
	{ email: 'Fine8@example.com', member: { role: 'business_accountant' }, directory: { role: 'accountant', active: 'ACTIVE' }, expected: [] },
	// In FreshBooks, not in the directory.
	{ email: 'orphan1@example.com', member: { role: EMPLOYEE }, expected: ['orphan:high'] },
	{ email: 'orphan2@example.com', member: { role: EMPLOYEE, active: false }, expected: ['orphan:low', 'inactiveWithSeat:low'] },
	{ email: 'orphan3@example.com', invited: EMPLOYEE, expected: ['orphan:medium'] },
	{ email: 'orphan4@example.com', member: { role: 'business_partner' }, expected: ['orphan:high', 'privileged:info'] },
	// Inactive in the directory.
	{ email: 'leaver1@example.com', member: { role: EMPLOYEE }, directory: { active: false }, expected: ['leaver:high'] },
	{ email: 'leaver2@example.com', invited: EMPLOYEE, directory: { active: 'DEPROVISIONED' }, expected: ['leaver:high'] },
	{ email: 'leaver3@example.com', member: { role: EMPLOYEE, active: false }, directory: { active: 'no' }, expected: ['inactiveWithSeat:low'] },
	{ email: 'leaver4@example.com', member: { role: 'owner' }, directory: { active: false }, expected: ['leaver:high', 'privileged:info'] },
	// Expected but absent.
	{ email: 'missing1@example.com', directory: { role: EMPLOYEE }, expected: ['missing:medium'] },
	{ email: 'missing2@example.com', directory: { role: 'manager', active: true }, expected: ['missing:medium'] },
	// Not the expected role.
	{ email: 'role1@example.com', member: { role: 'business_manager' }, directory: { role: EMPLOYEE }, expected: ['roleMismatch:medium'] },
	{ email: 'role2@example.com', member: { role: 'business_partner' }, directory: { role: EMPLOYEE }, expected: ['roleMismatch:high', 'privileged:info'] },
	{ email: 'role3@example.com', invited: 'contractor', directory: { role: EMPLOYEE }, expected: ['roleMismatch:medium'] },
	// Invitations that nobody accepted.
	{
		email: 'stale1@example.com',
		member: { role: EMPLOYEE, active: false, joined: false, daysAgo: 40 },
		invited: EMPLOYEE,
		directory: {},
		expected: ['staleInvitation:medium'],
	},
	{ email: 'fresh1@example.com', member: { role: EMPLOYEE, active: false, joined: false, daysAgo: 5 }, invited: EMPLOYEE, directory: {}, expected: [] },
	{ email: 'never1@example.com', member: { role: EMPLOYEE, joined: false }, directory: {}, expected: ['neverAccepted:low'] },
	{
		email: 'never2@example.com',
		member: { role: 'contractor', active: false, joined: false },
		directory: {},
		expected: ['neverAccepted:low', 'inactiveWithSeat:low'],
	},
	// Two rows in the business.
	{ email: 'double@example.com', member: { role: EMPLOYEE }, directory: {}, expected: ['duplicateAddress:medium'] },
	{ email: 'DOUBLE@example.com', member: { role: EMPLOYEE }, expected: ['duplicateAddress:medium'] },
	// One FreshBooks identity, two addresses.
	{ email: 'maiden@example.com', member: { role: EMPLOYEE, identityId: SHARED_IDENTITY }, directory: {}, expected: ['sameIdentity:medium'] },
	{ email: 'married@example.com', member: { role: EMPLOYEE, identityId: SHARED_IDENTITY }, expected: ['sameIdentity:medium'] },
	// Expected in another business only.
	{ email: 'elsewhere1@example.com', member: { role: EMPLOYEE }, directory: { role: EMPLOYEE, businessId: ELSEWHERE }, expected: ['unexpectedBusiness:high'] },
	{ email: 'elsewhere2@example.com', invited: EMPLOYEE, directory: { businessId: ELSEWHERE }, expected: ['unexpectedBusiness:medium'] },
	{ email: 'elsewhere3@example.com', directory: { role: EMPLOYEE, businessId: ELSEWHERE }, expected: [] },
	{ email: 'here1@example.com', member: { role: EMPLOYEE }, directory: { role: EMPLOYEE, businessId: LEDGER }, expected: [] },
	// Needs a look.
	{ email: 'boss1@example.com', member: { role: 'owner' }, directory: { role: 'owner' }, expected: ['privileged:info'] },
	{ email: 'boss2@example.com', member: { role: 'business_partner' }, directory: { role: 'Admin' }, expected: ['privileged:info'] },
	{ email: 'boss3@example.com', invited: 'business_partner', directory: {}, expected: ['privileged:info'] },
];

/** The sandbox's start data. */
export function seedOf(rows: Row[]): Json {
	const members = rows.flatMap(({ email, member }, index) => {
		if (!member) return [];
		const { role, active = true, joined = true, daysAgo = 100, identityId = 5_000 + index } = member;
		const createdAt = new Date(Date.now() - daysAgo * 86_400_000).toISOString();
		return [{ email, role, active, createdAt, identityId: joined ? identityId : null, invitationDateAccepted: joined ? createdAt : null }];
	});
	const invitations = rows.flatMap(({ email, invited }) => (invited ? [{ email, role: invited }] : []));
	return { businesses: [{ id: LEDGER, name: 'Ledger Lane', role: 'owner', members, invitations }] };
}

/** The directory's rows, as an identity provider returns them. */
export function directoryOf(rows: Row[]): Json[] {
	return rows.flatMap(({ email, directory }) => (directory ? [{ email, ...directory }] : []));
}
