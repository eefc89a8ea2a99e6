import { BaseError, ExecutionBaseError } from 'n8n-workflow';

import { failureOf, type Failure } from '../FreshBooks/client/errors';
import { textOf } from '../FreshBooks/client/errorTexts';
import { ScimError } from './protocol/errors';

/**
 * What an identity provider is answered when FreshBooks could not be asked. FreshBooks' own 401, 403 and 404 are about n8n's
 * connection to it, and a provider would take them for its own: Entra ID quarantines an app for them. So all of it is a 503, which
 * every provider repeats.
 */

const PASSES_BY_ITSELF: ReadonlySet<Failure['kind']> = new Set(['malformed', 'notJson', 'outage', 'rateLimited', 'unreachable']);
const SOON_S = 30;
/** For what a person has to repair. */
const LATER_S = 300;

function retryAfterOf({ kind, retryAfterMs }: Failure): number {
	if (retryAfterMs !== undefined) return Math.max(1, Math.ceil(retryAfterMs / 1000));
	return PASSES_BY_ITSELF.has(kind) ? SOON_S : LATER_S;
}

/**
 * The refusal to answer with, for anything that was thrown on the way to FreshBooks. Its detail holds no token: the texts of a
 * failure never do. Undefined for a defect of this package.
 */
export function unavailable(error: unknown): ScimError | undefined {
	const failure = failureOf(error);
	if (failure) {
		const { message, description } = textOf(failure);
		return new ScimError(503, `${message}. ${description}`, { retryAfter: retryAfterOf(failure) });
	}
	if (!(error instanceof BaseError || error instanceof ExecutionBaseError)) return undefined;
	// n8n's own: a credential that cannot be read, an expression that cannot be worked out.
	return new ScimError(503, [error.message, error.description].filter(Boolean).join('. '), { retryAfter: LATER_S });
}
