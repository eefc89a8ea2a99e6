import type { WireObject } from '../client/json';
import { FreshBooksError, inOneLine, refusal } from '../client/errors';
import type { Roster } from './session';

/** The first few of many, and how many more there are. */
export function someOf(names: string[], separator = ' and ', most = 5): string {
	const more = names.length > most ? `${separator}${names.length - most} more` : '';
	return `${names.slice(0, most).join(separator)}${more}`;
}

/** Where an address was looked up, in the user's words. */
export interface Place {
	/** e.g. `member`. */
	thing: string;
	/** e.g. `the members of business 6806492`. */
	where: string;
}

/**
 * The one row of a roster with an address, compared without regard to case; undefined when there is none.
 * Throws FreshBooksError when two have it: which one is meant cannot be known.
 */
export function findByEmail(roster: Roster, email: string, place: Place, idOf: (row: WireObject) => unknown): WireObject | undefined {
	const found = roster.byEmail(email);
	if (found.length <= 1) return found[0];
	throw refusal(
		`More than one ${place.thing} has the address ${email}: ${someOf(found.map((row) => inOneLine(String(idOf(row)), 40)))}`,
		`Nothing was changed. Choose one of them by ID; they were found in ${place.where}.`,
	);
}

/** The refusal for an address that nobody has, or nobody seen in a list of which `doubt` says that it may lack somebody. */
export function nobody(email: string, place: Place, doubt?: string): FreshBooksError {
	if (doubt !== undefined) return refusal(`No ${place.thing} with the address ${email} was found`, doubt);
	return refusal(
		`No ${place.thing} has the address ${email}`,
		`All of ${place.where} were looked through, without regard to case. Check the address and the business.`,
	);
}
