import { invalidResource, notFound, permissionDenied } from '../answers.mts';
import type { Answer } from '../answers.mts';
import { storedRole } from '../roles.mts';
import type { Business, Membership } from '../types.mts';
import { text } from '../values.mts';
import type { World } from '../world.mts';

export type Reachable = Business & { membership: Membership };

export function isAnswer(value: object): value is Answer {
	return 'status' in value && typeof value.status === 'number';
}

/**
 * The business whose people the connected user may list.
 * Assumption 2: a business that does not exist answers 404, one that the owner may not list 403 'Permission Denied.'.
 */
export function reachableBusiness(world: World, id: string): Business | Answer {
	const business = /^\d+$/.test(id) ? world.businesses.get(Number(id)) : undefined;
	if (!business) return notFound('Business');
	return business.membership && business.listable ? business : permissionDenied();
}

/** The role to store, or the refusal of an empty or undocumented one. */
export function readRole(value: unknown): string | Answer {
	const name = text(value);
	if (!name?.trim()) return invalidResource("Role can't be blank");
	return storedRole(name) ?? invalidResource('Role is not included in the list');
}
