import { resourceTypes, schemas, serviceProviderConfig } from './protocol/discovery';
import { errorBody, ScimError } from './protocol/errors';
import type { Attributes } from './protocol/names';
import type { Answer, Handler, ScimRequest, Service } from './service';
import { getUser, listGroups, listUsers } from './users';
import { createUser, deleteUser, patchUser, replaceUser } from './writes';

/** The handler of each request (RFC 7644, section 3.2). */

/** Handlers by method. */
type Methods = Readonly<Record<string, Handler>>;

interface Collection {
	/** For the collection itself. */
	all: Methods;
	/** For one of its resources; absent where it has none. */
	one?: Methods;
}

const notFound = (detail: string): Handler => () => {
	throw new ScimError(404, detail);
};

const notOffered = (detail: string): Handler => () => {
	throw new ScimError(501, detail);
};

const noGroups = notOffered('FreshBooks has no groups. To fix this, switch off group push or group mapping in the identity provider.');

const found = (body: Attributes): Answer => ({ status: 200, body });
const getResourceTypes: Handler = ({ baseUrl }, { id }) => found(resourceTypes(baseUrl, id));
const getSchemas: Handler = ({ baseUrl }, { id }) => found(schemas(baseUrl, id));

const COLLECTIONS: ReadonlyMap<string, Collection> = new Map<string, Collection>([
	['Users', { all: { GET: listUsers, POST: createUser }, one: { GET: getUser, PUT: replaceUser, PATCH: patchUser, DELETE: deleteUser } }],
	['Groups', { all: { GET: listGroups, POST: noGroups }, one: { GET: notFound('There is no such group: FreshBooks has no groups.'), PUT: noGroups, PATCH: noGroups, DELETE: noGroups } }],
	['ServiceProviderConfig', { all: { GET: ({ baseUrl }) => found(serviceProviderConfig(baseUrl)) } }],
	['ResourceTypes', { all: { GET: getResourceTypes }, one: { GET: getResourceTypes } }],
	['Schemas', { all: { GET: getSchemas }, one: { GET: getSchemas } }],
	['Bulk', { all: { POST: notOffered('Bulk requests are not offered. Send one request for each person.') } }],
	['Me', { all: { GET: notOffered('An identity provider is not a FreshBooks user, so /Me is not offered.') } }],
]);

function notAllowed(methods: Methods): Answer {
	const allowed = Object.keys(methods).join(', ');
	return { status: 405, body: errorBody(new ScimError(405, `This address answers ${allowed} only.`)), headers: { allow: allowed } };
}

/** Answers a request. Throws ScimError, and what the service's `directory` throws. */
export async function dispatch(request: ScimRequest, service: Service): Promise<Answer> {
	const { method, collection, id } = request;
	const known = COLLECTIONS.get(collection ?? '');
	const methods = id === undefined ? known?.all : known?.one;
	if (!methods) throw new ScimError(404, 'There is nothing at this address. Check the SCIM base URL: below it are /Users, /Groups and /ServiceProviderConfig.');
	return Object.hasOwn(methods, method) ? await methods[method](service, request) : notAllowed(methods);
}
