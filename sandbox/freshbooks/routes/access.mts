import { notFound, permissionDenied } from '../answers.mts';
import type { Answer } from '../answers.mts';
import type { Business, Membership } from '../types.mts';
import type { World } from '../world.mts';

export type Reachable = Business & { membership: Membership };

export function isAnswer(value: object): value is Answer {
	return 'status' in value && typeof value.status === 'number';
}

/**
 * The business whose people the token owner may list.
 * Assumption 2: a business that does not exist answers 404, one that the owner may not list 403 'Permission Denied.'.
 */
export function reachableBusiness(world: World, id: string): Business | Answer {
	const business = /^\d+$/.test(id) ? world.businesses.get(Number(id)) : undefined;
	if (!business) return notFound('Business');
	return business.membership && business.listable ? business : permissionDenied();
}
