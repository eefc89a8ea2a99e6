import type { IDataObject, IHttpRequestMethods, IHttpRequestOptions } from 'n8n-workflow';

import type { FailureContext } from './errors';
import { PACKAGE_VERSION } from './version';

/** One request. Build its path with `path` of identifiers.ts, which rejects anything but plain IDs. */
export interface FreshBooksRequest extends Omit<FailureContext, 'method'> {
	method: IHttpRequestMethods;
	path: string;
	query?: IDataObject;
	body?: IDataObject;
	/** Called before each try. */
	onTry?: () => void;
}

function headers(): IDataObject {
	return {
		Accept: 'application/json',
		// FreshBooks' examples and Node.js SDK send this header.
		'Api-Version': 'alpha',
		'User-Agent': `n8n-nodes-freshbooks/${PACKAGE_VERSION}`,
	};
}

/**
 * The options of a request for n8n's HTTP helper. `timeout` is in milliseconds. Responses are read as text, because the helper
 * would return truncated JSON and HTML as data.
 */
export function requestOptions(baseUrl: string, request: FreshBooksRequest, timeout: number): IHttpRequestOptions {
	const options: IHttpRequestOptions = {
		method: request.method,
		url: `${baseUrl}${request.path}`,
		headers: headers(),
		qs: request.query,
		arrayFormat: 'brackets',
		encoding: 'text',
		timeout,
		returnFullResponse: true,
		disableFollowRedirect: true,
		sendCredentialsOnCrossOriginRedirect: false,
		// n8n refreshes the token only if a 401 is an error. All other statuses are returned.
		ignoreHttpStatusErrors: { ignore: true, except: [401] },
	};
	if (request.body && request.method !== 'GET') options.body = request.body;
	return options;
}
