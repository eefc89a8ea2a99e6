/** Compares and classifies FreshBooks' role names. FreshBooks adds roles, so an unknown name equals only itself. Pure. */

/**
 * The API's name for names in FreshBooks' help (support.freshbooks.com articles 227346507 and 115002261367) and short names in the
 * guide stitchflow.com/user-management/freshbooks/api. Without the prefix `business_`.
 */
const OTHER_NAMES: ReadonlyMap<string, string> = new Map([
	['admin', 'partner'],
	['administrator', 'partner'],
	['basic_employee', 'employee'],
	['unassigned', 'no_seat_employee'],
]);

/** A key that is equal for all names of a role: `Business Manager`, `manager` and `business_manager`. */
export function roleKey(role: string): string {
	const plain = role.trim().toLowerCase().replace(/[\s-]+/g, '_').replace(/^business_/, '');
	return OTHER_NAMES.get(plain) ?? plain;
}

/** True if two names mean the same role. */
export function sameRole(one: string | null, other: string | null): boolean {
	return one !== null && other !== null && roleKey(one) === roleKey(other);
}

/** Role titles in FreshBooks' help (the same articles). */
const TITLES: ReadonlyMap<string, string> = new Map([
	['accountant', 'Accountant'],
	['contractor', 'Contractor'],
	['employee', 'Employee'],
	['manager', 'Manager'],
	['no_seat_employee', 'Unassigned'],
	['owner', 'Owner'],
	['partner', 'Admin'],
]);

/** A role's display name: `Admin` for `business_partner`. An unknown name is returned unchanged. */
export function roleTitle(role: string): string {
	return TITLES.get(roleKey(role)) ?? role;
}

/** The roles that FreshBooks lets people have: API names, in the order of their titles (the same articles). */
export const OFFERED_ROLES: readonly string[] = [
	'business_accountant',
	'business_partner',
	'contractor',
	'business_employee',
	'business_manager',
	'no_seat_employee',
];

const OFFERED_KEYS: ReadonlySet<string> = new Set(OFFERED_ROLES.map(roleKey));

/** True for any name of a role that FreshBooks or the guide documents and that people can be given. */
export function isOfferedRole(role: string): boolean {
	return OFFERED_KEYS.has(roleKey(role));
}

/** The API name of an offered role, from any of its names; undefined for other names. */
export function offeredRole(role: string): string | undefined {
	return OFFERED_ROLES.find((offered) => sameRole(offered, role));
}

/** True for the role of a business's owner. */
export function isOwnerRole(role: string | null): boolean {
	return role !== null && roleKey(role) === 'owner';
}

/** True for owner and admin (`partner`), who may do almost everything. */
export function isPrivilegedRole(role: string | null): boolean {
	return role !== null && ['owner', 'partner'].includes(roleKey(role));
}

/** True for FreshBooks' free profile without seat and login ('Unassigned'). */
export function isSeatlessRole(role: string | null): boolean {
	return role !== null && roleKey(role) === 'no_seat_employee';
}

const WITHOUT_SEAT = new Set(['owner', 'accountant', 'contractor', 'no_seat_employee']);

/** True for roles that take a seat of the plan: by FreshBooks' help pages owner, accountants, contractors and unassigned people do not. */
export function takesSeat(role: string | null): boolean {
	return role !== null && !WITHOUT_SEAT.has(roleKey(role));
}

const WITHOUT_RIGHTS = new Set(['employee', 'contractor', 'no_seat_employee', 'client', 'staff']);

/** True for roles that certainly may not manage people. False for an unknown role. */
export function mayNotManage(role: string | null): boolean {
	return role !== null && WITHOUT_RIGHTS.has(roleKey(role));
}
