import type { Directory } from './freshBooksDirectory';

/** What a request asks for, what its handlers may use, and what they answer. */

export interface ScimRequest {
	method: string;
	/** The first word behind the base URL, such as `Users`; undefined for the base URL itself. */
	collection: string | undefined;
	/** The second one, decoded. */
	id: string | undefined;
	/** Decoded; a parameter that came more than once is an array. */
	query: Readonly<Record<string, unknown>>;
}

export interface Answer {
	status: number;
	/** Sent as JSON; nothing is sent without one. */
	body?: object;
	headers?: Record<string, string>;
}

export interface Service {
	/** The base URL as the identity provider knows it, without a slash at its end. */
	baseUrl: string;
	/** Writes are refused. */
	isReadOnly: boolean;
	/**
	 * Who is in the business. Throws FreshBooksError, or NodeOperationError where the connection to FreshBooks cannot be used.
	 * `isLaterPage`: the request continues a list.
	 */
	directory: (request?: { isLaterPage?: boolean }) => Promise<Directory>;
}

export type Handler = (service: Service, request: ScimRequest) => Answer | Promise<Answer>;
