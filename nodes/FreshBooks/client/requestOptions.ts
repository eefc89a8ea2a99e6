import type { IDataObject, IHttpRequestMethods, IHttpRequestOptions } from 'n8n-workflow';

import type { FailureContext } from './errors';
import { PACKAGE_VERSION } from './version';

/** One request. `path` comes from `path` in identifiers.ts, which lets no crafted ID through. */
export interface FreshBooksRequest extends Omit<FailureContext, 'method'> {
	method: IHttpRequestMethods;
	path: string;
	query?: IDataObject;
	body?: IDataObject;
}

function headers(): IDataObject {
	return {
		Accept: 'application/json',
		// As FreshBooks' documentation examples and Node.js SDK send it.
		'Api-Version': 'alpha',
		'User-Agent': `n8n-nodes-freshbooks/${PACKAGE_VERSION}`,
	};
}

/**
 * A request as n8n's HTTP helper takes it; `timeout` is in milliseconds. Answers are read as text: n8n's helper would pass on
 * truncated JSON and HTML as if they were data.
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
		// 401 must stay an error: n8n refreshes the token on it. All other statuses come back as answers.
		ignoreHttpStatusErrors: { ignore: true, except: [401] },
	};
	if (request.body && request.method !== 'GET') options.body = request.body;
	return options;
}
