import { refusal } from '../../client/errors';
import { businessesParameters as parametersFor } from '../../methods/businesses';
import type { BusinessMembership } from '../../api/me';
import type { Parameters } from './parameters';
import type { Session } from '../../people/session';

/** Which businesses an operation goes through. */

export type ChosenBusinesses = { all: true } | { all: false; ids: number[] };

export const businessesParameters = parametersFor('Which businesses to go through', 'Every business the connected user belongs to');

/** Reads the two parameters. */
export function readChosenBusinesses(parameters: Parameters): ChosenBusinesses {
	const choice = parameters.oneOf('businesses', 'Businesses', ['all', 'selected']);
	return choice === 'selected' ? { all: false, ids: parameters.businessIds() } : { all: true };
}

/** One membership per business; if the connected user has two roles in one, neither counts as the role. */
function distinct(memberships: BusinessMembership[]): Map<number, BusinessMembership> {
	const known = new Map<number, BusinessMembership>();
	for (const membership of memberships) {
		const before = known.get(membership.businessId);
		const role = before && before.role !== membership.role ? null : membership.role;
		known.set(membership.businessId, before ? { ...before, role } : membership);
	}
	return known;
}

function unknownBusiness(businessId: number): BusinessMembership {
	return {
		businessId,
		businessUuid: null,
		accountId: null,
		name: null,
		role: null,
		membershipId: null,
		active: null,
		staffLimit: null,
		raw: {},
	};
}

/** The chosen businesses with what users/me says of each. Throws FreshBooksError if there is none. */
export async function resolveBusinesses(session: Session, chosen: ChosenBusinesses): Promise<BusinessMembership[]> {
	const known = distinct((await session.getMe()).memberships);
	if (!chosen.all) return chosen.ids.map((id) => known.get(id) ?? unknownBusiness(id));
	if (known.size > 0) return [...known.values()];
	throw refusal(
		'The connected FreshBooks user belongs to no business',
		'To fix this, connect as an owner or admin of the businesses, or choose the businesses by ID.',
	);
}
