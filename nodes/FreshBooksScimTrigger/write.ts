import type { BusinessLists } from '../FreshBooks/people/businessLists';
import { undecidedError } from '../FreshBooks/people/membership';
import { presenceIn, undecidedFor, type Person, type Presence } from '../FreshBooks/people/presence';
import type { Session } from '../FreshBooks/people/session';
import { directoryFrom } from './freshBooksDirectory';
import type { Service, WriteSettings } from './service';
import { userAt, visibleUsers, type VisibleUser } from './visibleUsers';

/** A write as it is when its turn has come. */
export interface Write {
	service: Service;
	settings: WriteSettings;
	session: Session;
	lists: BusinessLists;
	/** Whom the request is about, as the lists show them. */
	person: Person;
	presence: Presence;
	users: VisibleUser[];
	user: VisibleUser | undefined;
	/** The address for which the ID stands. */
	address: string;
}

/** Reads everything that decides about one person. Throws FreshBooksError where a list that decides could not be read whole. */
export async function begin(service: Service, address: string): Promise<Write> {
	const settings = service.writeSettings();
	const { businessId } = settings;
	const session = await service.openSession();
	const lists = await session.lists(businessId);
	const named = (emails: string[]): Person => session.personOf(emails, [], [lists]);
	const undecided = undecidedFor(lists, presenceIn(lists, named([address])));
	if (undecided.length > 0) throw undecidedError(undecided, businessId);
	const directory = directoryFrom(lists, businessId);
	const memory = service.memory();
	memory.noteIdentities(directory.entries);
	const users = visibleUsers(directory, memory);
	const user = userAt(users, address);
	const person = named([user?.listedAs ?? address]);
	return { service, settings, session, lists, person, presence: presenceIn(lists, person), users, user, address };
}
