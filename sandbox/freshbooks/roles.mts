/** Every role name that a source documents for a write, and its name in FreshBooks' lists. */
const LISTED_AS: ReadonlyMap<string, string> = new Map([
	// FreshBooks API docs, Team Members page, and FreshBooks' Postman collection, My Team.
	['business_partner', 'business_partner'],
	['business_manager', 'business_manager'],
	['business_employee', 'business_employee'],
	['business_accountant', 'business_accountant'],
	['contractor', 'contractor'],
	['no_seat_employee', 'no_seat_employee'],
	// The third-party guide, FreshBooks' Postman collection (`capacity`) and older users/me answers.
	['admin', 'business_partner'],
	['partner', 'business_partner'],
	['manager', 'business_manager'],
	['employee', 'business_employee'],
	['accountant', 'business_accountant'],
]);

/**
 * The role that is stored for the name sent, or undefined for a name that no source documents. `owner` is not among them:
 * only FreshBooks' support transfers a business. Assumption 12: the short names are stored under the long ones.
 */
export function storedRole(name: string): string | undefined {
	return LISTED_AS.get(name);
}

/** The roles a person can be given, by their API names, as FreshBooks' pages call them (support.freshbooks.com articles 227346507 and 115002261367). */
export const ROLE_TITLES: Readonly<Record<string, string>> = {
	business_partner: 'Admin', business_manager: 'Manager', business_employee: 'Employee', business_accountant: 'Accountant',
	contractor: 'Contractor', no_seat_employee: 'Unassigned',
};

/** A role as a person reads it; an unknown name stays as it is. */
export function roleTitle(role: string): string {
	return role === 'owner' ? 'Owner' : (ROLE_TITLES[storedRole(role) ?? role] ?? role);
}
