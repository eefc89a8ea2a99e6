import type { IDataObject } from 'n8n-workflow';

import type { RemovalLimit } from '../FreshBooks/people/removalLimit';
import type { Session } from '../FreshBooks/people/session';
import type { Directory } from './freshBooksDirectory';
import type { PeopleMemory } from './memory';
import type { Attributes } from './protocol/names';

/** A request, what its handlers use, and their answer. */

export interface ScimRequest {
	method: string;
	/** The first part of the path after the base URL, such as `Users`; undefined for the base URL itself. */
	collection: string | undefined;
	/** The second part, decoded. */
	id: string | undefined;
	/** Decoded; a parameter that came more than once is an array. */
	query: Readonly<Record<string, unknown>>;
	/** The body as a JSON object. Throws ScimError 400, 413 or 415 for anything else. */
	body: () => Attributes;
	/** The header User-Agent; null without one. */
	userAgent: string | null;
	/** ISO 8601. */
	receivedAt: string;
}

export interface Answer {
	status: number;
	/** Sent as JSON. Without it nothing is sent. */
	body?: object;
	headers?: Record<string, string>;
	/** The item that starts the workflow. Without it the workflow does not start. */
	item?: IDataObject;
}

/** The node's parameters for writes. */
export interface WriteSettings {
	businessId: number;
	/** For new people for whom the provider sends no FreshBooks role. */
	defaultRole: string;
	archiveStaff: boolean;
	removalLimit: RemovalLimit;
}

export interface Service {
	/** The base URL as the identity provider knows it, without a slash at its end. */
	baseUrl: string;
	/** Writes are refused. */
	isReadOnly: boolean;
	/**
	 * The people of the business. Throws FreshBooksError, or NodeOperationError where the connection to FreshBooks cannot be used.
	 * `isLaterPage`: the request continues a list.
	 */
	directory: (request?: { isLaterPage?: boolean }) => Promise<Directory>;
	/** The memory of the business's people. Throws FreshBooksError where no business is chosen. */
	memory: () => PeopleMemory;
	/** Throws FreshBooksError of kind `refused` naming the parameter that is wrong. */
	writeSettings: () => WriteSettings;
	/** A session of its own for one write. Throws like `directory`. */
	openSession: () => Promise<Session>;
	/** Runs `work` after all earlier work about the same address in this process. */
	inTurn: <Result>(address: string, work: () => Promise<Result>) => Promise<Result>;
	/** Saves the memory, and makes the next read load FreshBooks' lists again. */
	afterWrite: () => void;
}

export type Handler = (service: Service, request: ScimRequest) => Answer | Promise<Answer>;
