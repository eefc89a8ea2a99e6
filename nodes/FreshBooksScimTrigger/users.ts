import { ScimError } from './protocol/errors';
import { matchesFilter, parseFilter, type Filter } from './protocol/filter';
import { addressOfScimId } from './protocol/id';
import { valueOf, type Attributes } from './protocol/names';
import { listResponse, readChoice, readPage, withChosen } from './protocol/page';
import type { Handler, Service } from './service';
import { resourceOf, userAt, visibleUsers, type VisibleUser } from './visibleUsers';

/** Reads of people (RFC 7644, section 3.4), and of the groups that FreshBooks does not have. */

function filterIn(query: Attributes): Filter {
	const filter = valueOf(query, 'filter');
	return filter === undefined || filter === '' ? [] : parseFilter(filter);
}

async function usersOf({ directory, memory }: Service, isLaterPage: boolean): Promise<VisibleUser[]> {
	const read = await directory({ isLaterPage });
	const remembered = memory();
	remembered.rememberIdentities(read.entries);
	return visibleUsers(read, remembered);
}

/** Reads the query before FreshBooks is asked, so that a wrong query sends no request. */
export const listUsers: Handler = async (service, { query }) => {
	const page = readPage(query);
	const choice = readChoice(query);
	const filter = filterIn(query);
	const users = await usersOf(service, page.startIndex > 1);
	const written = (user: VisibleUser): Attributes => resourceOf(user, service.baseUrl);
	const matching = filter.length === 0 ? users : users.filter((user) => matchesFilter(filter, written(user)));
	return { status: 200, body: listResponse(matching, page, (user) => withChosen(written(user), choice)) };
};

export function noSuchUser(): ScimError {
	return new ScimError(404, 'There is no user with this ID in the business.');
}

/** An ID that encodes no address is 404, and FreshBooks is not asked. */
export const getUser: Handler = async (service, { id, query }) => {
	const choice = readChoice(query);
	const address = addressOfScimId(id);
	const found = address === undefined ? undefined : userAt(await usersOf(service, false), address);
	if (!found) throw noSuchUser();
	const user = resourceOf(found, service.baseUrl);
	const { location } = user.meta as { location: string };
	return { status: 200, body: withChosen(user, choice), headers: { location } };
};

/** An empty list, with any filter. */
export const listGroups: Handler = (_service, { query }) => ({ status: 200, body: listResponse([], readPage(query), (group) => group) });
