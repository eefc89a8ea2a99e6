import { sameAddress } from '../FreshBooks/client/identifiers';
import type { BusinessLists } from '../FreshBooks/people/businessLists';
import { undecidedError } from '../FreshBooks/people/membership';
import { presenceIn, undecidedFor, type Person, type Presence } from '../FreshBooks/people/presence';
import type { Session } from '../FreshBooks/people/session';
import { directoryFrom } from './freshBooksDirectory';
import { ScimError } from './protocol/errors';
import type { Service, WriteSettings } from './service';
import { userAt, visibleUsers, type VisibleUser } from './visibleUsers';

/** Everything that a write needs, read when its turn has come. */
export interface Write {
	service: Service;
	settings: WriteSettings;
	session: Session;
	lists: BusinessLists;
	/** The person of the request, as the lists show them. */
	person: Person;
	presence: Presence;
	users: VisibleUser[];
	user: VisibleUser | undefined;
	/** The address that the ID encodes. */
	address: string;
}

/** How long FreshBooks' lists may not show a person who was given access. Until then it is unknown whether the access ended. */
const SHOWN_WITHIN_S = 60;

/**
 * Reads everything that decides about one person. Throws FreshBooksError where a list that decides is incomplete, and ScimError 503
 * while it is unknown whether the person has access.
 */
export async function begin(service: Service, address: string): Promise<Write> {
	const settings = service.writeSettings();
	const { businessId } = settings;
	const session = await service.openSession();
	const lists = await session.lists(businessId);
	const named = (email: string, identityId: number | null = null): Person => session.personOf([email], [identityId], [lists]);
	const undecided = undecidedFor(lists, presenceIn(lists, named(address)));
	if (undecided.length > 0) throw undecidedError(undecided, businessId);
	const directory = directoryFrom(lists, businessId);
	const memory = service.memory();
	memory.rememberIdentities(directory.entries);
	const users = visibleUsers(directory, memory);
	const user = userAt(users, address) ?? users.find(({ listedAs }) => sameAddress(listedAs, address));
	const known = user && memory.of(user.person.email);
	if (user?.listedAs === null && Date.now() - (known?.inAt ?? 0) < SHOWN_WITHIN_S * 1000) {
		throw new ScimError(503, `FreshBooks does not list ${address} yet, or not any more. Repeat the request in a minute.`, { retryAfter: SHOWN_WITHIN_S });
	}
	const person = user?.listedAs ? named(user.listedAs) : named(address, known?.identityId);
	return { service, settings, session, lists, person, presence: presenceIn(lists, person), users, user, address };
}
