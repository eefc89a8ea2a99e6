import { addressKey } from '../FreshBooks/client/identifiers';
import type { DirectoryEntry } from './freshBooksDirectory';
import { ScimError } from './protocol/errors';
import { matchesFilter, parseFilter, type Filter } from './protocol/filter';
import { addressOfScimId } from './protocol/id';
import { valueOf, type Attributes } from './protocol/names';
import { listResponse, readChoice, readPage, withChosen } from './protocol/page';
import { userResource } from './protocol/resource';
import type { Handler, Service } from './service';

/** Reads of people (RFC 7644, section 3.4), and of the groups that FreshBooks does not have. */

function filterIn(query: Attributes): Filter {
	const filter = valueOf(query, 'filter');
	return filter === undefined || filter === '' ? [] : parseFilter(filter);
}

function resourceOf({ baseUrl }: Service, entry: DirectoryEntry): Attributes {
	return userResource(entry, {}, baseUrl);
}

/** Everything in the query is read before FreshBooks is asked: what is not understood costs it nothing. */
export const listUsers: Handler = async (service, { query }) => {
	const page = readPage(query);
	const choice = readChoice(query);
	const filter = filterIn(query);
	const { entries } = await service.directory({ isLaterPage: page.startIndex > 1 });
	const matching = filter.length === 0 ? entries : entries.filter((entry) => matchesFilter(filter, resourceOf(service, entry)));
	return { status: 200, body: listResponse(matching, page, (entry) => withChosen(resourceOf(service, entry), choice)) };
};

/** An ID that stands for no address is nobody's, and FreshBooks is not asked about it. */
export const getUser: Handler = async (service, { id, query }) => {
	const choice = readChoice(query);
	const address = addressOfScimId(id);
	const entry = address === undefined ? undefined : (await service.directory()).byAddress.get(addressKey(address));
	if (!entry) throw new ScimError(404, 'There is no user with this ID in the business.');
	const user = resourceOf(service, entry);
	const { location } = user.meta as { location: string };
	return { status: 200, body: withChosen(user, choice), headers: { location } };
};

/** Also with a filter, whatever it says. */
export const listGroups: Handler = (_service, { query }) => ({ status: 200, body: listResponse([], readPage(query), (group) => group) });
