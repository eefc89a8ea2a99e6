/** Role names of FreshBooks, compared and judged. Pure; roles are an open set, so an unknown name is only ever itself. */

/**
 * Names that FreshBooks' pages show (support.freshbooks.com articles 227346507 and 115002261367), and the short ones of the
 * guide stitchflow.com/user-management/freshbooks/api, under the name of the API (the `Business` of a name such as
 * `business_manager` is left out on both sides).
 */
const OTHER_NAMES: ReadonlyMap<string, string> = new Map([
	['admin', 'partner'],
	['administrator', 'partner'],
	['basic_employee', 'employee'],
	['unassigned', 'no_seat_employee'],
]);

/** The form under which names of the same role are equal: `Business Manager`, `manager` and `business_manager`. */
export function roleKey(role: string): string {
	const plain = role.trim().toLowerCase().replace(/[\s-]+/g, '_').replace(/^business_/, '');
	return OTHER_NAMES.get(plain) ?? plain;
}

/** True when two names mean the same role. */
export function sameRole(one: string | null, other: string | null): boolean {
	return one !== null && other !== null && roleKey(one) === roleKey(other);
}

/** What FreshBooks' own pages call the roles (the same support articles). */
const TITLES: ReadonlyMap<string, string> = new Map([
	['accountant', 'Accountant'],
	['contractor', 'Contractor'],
	['employee', 'Employee'],
	['manager', 'Manager'],
	['no_seat_employee', 'Unassigned'],
	['owner', 'Owner'],
	['partner', 'Admin'],
]);

/** A role as a person reads it: `Admin` for `business_partner`; an unknown name stays as it is. */
export function roleTitle(role: string): string {
	return TITLES.get(roleKey(role)) ?? role;
}

/** The roles that FreshBooks lets a person have, by the names of its API, in the order of their titles (the same articles). */
export const OFFERED_ROLES: readonly string[] = [
	'business_accountant',
	'business_partner',
	'contractor',
	'business_employee',
	'business_manager',
	'no_seat_employee',
];

const OFFERED_KEYS: ReadonlySet<string> = new Set(OFFERED_ROLES.map(roleKey));

/** True for a name, however written, of a role that FreshBooks or the guide documents and that can be given to somebody. */
export function isOfferedRole(role: string): boolean {
	return OFFERED_KEYS.has(roleKey(role));
}

/** The API's name of the offered role that a name means; undefined where it means none. */
export function offeredRole(role: string): string | undefined {
	return OFFERED_ROLES.find((offered) => sameRole(offered, role));
}

/** The one role that FreshBooks gives to a business's owner. */
export function isOwnerRole(role: string | null): boolean {
	return role !== null && roleKey(role) === 'owner';
}

/** Owner, admin or partner: they may do almost everything. */
export function isPrivilegedRole(role: string | null): boolean {
	return role !== null && ['owner', 'partner'].includes(roleKey(role));
}

/** FreshBooks' free profile without a seat and without a login ("Unassigned"). */
export function isSeatlessRole(role: string | null): boolean {
	return role !== null && roleKey(role) === 'no_seat_employee';
}

const WITHOUT_RIGHTS = new Set(['employee', 'contractor', 'no_seat_employee', 'client', 'staff']);

/** True for roles that surely may not manage a business's people. An unknown role is taken for one that may. */
export function mayNotManage(role: string | null): boolean {
	return role !== null && WITHOUT_RIGHTS.has(roleKey(role));
}
