/** The refusals of a SCIM service (RFC 7644, section 3.12). Pure. */

export const SCIM_ERROR = 'urn:ietf:params:scim:api:messages:2.0:Error';

/** The error types of RFC 7644, table 9, that this service gives. */
export type ScimType = 'invalidFilter' | 'invalidPath' | 'invalidSyntax' | 'invalidValue' | 'mutability' | 'noTarget' | 'uniqueness';

export interface ScimErrorOptions {
	scimType?: ScimType;
	/** After how many seconds the provider may try again, for the header `Retry-After`. */
	retryAfter?: number;
}

/** A refusal. The detail is for the administrator who reads the provider's log: what is wrong, and how to fix it. */
export class ScimError extends Error {
	override readonly name = 'ScimError';
	readonly scimType?: ScimType;
	readonly retryAfter?: number;

	/** @param status of HTTP, 400 to 599 */
	constructor(
		readonly status: number,
		readonly detail: string,
		options: ScimErrorOptions = {},
	) {
		super(detail);
		this.scimType = options.scimType;
		this.retryAfter = options.retryAfter;
	}
}

/** A request that this service does not understand: 400, and nothing is done. */
export function badRequest(scimType: ScimType, detail: string): ScimError {
	return new ScimError(400, detail, { scimType });
}

/** The body of a refusal. The status is text, as section 3.12 and Okta's specification test require. */
export function errorBody({ status, scimType, detail }: ScimError): Record<string, unknown> {
	return { schemas: [SCIM_ERROR], status: String(status), ...(scimType && { scimType }), detail };
}
