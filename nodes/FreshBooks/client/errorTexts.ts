import type { Failure, FailureKind } from './errors';

/** What the user reads when a request fails: one sentence on what happened, one on the way out. Pure. */

export interface FailureText {
	message: string;
	description: string;
}

/** What the running operation calls the values that a failure is about; absent where it has no parameter for them. */
export interface ParameterNames {
	/** The parameter from which the ID in the request's path came. */
	ofId?: string;
	/** The parameter of the field that FreshBooks names. */
	ofField?: string;
}

/** True when the request's path has an ID that somebody chose; the connected user is asked for without one. */
function hasId({ idFamily }: Failure): boolean {
	return idFamily !== '' && idFamily !== 'none';
}

/** The way out if FreshBooks' API does not offer the endpoint: the user makes the change in FreshBooks. */
function byHand(failure: Failure): string {
	return hasId(failure) ? 'Check the ID, or do it in FreshBooks itself, under Team Members' : 'To fix this, do it in FreshBooks itself';
}

function at({ ofId }: ParameterNames): string {
	return ofId === undefined ? '' : ` (parameter '${ofId}')`;
}

function quoted(failure: Failure): string {
	if (!failure.serviceText) return '';
	const end = /[.!?]$/.test(failure.serviceText) ? '' : '.';
	return ` FreshBooks said: "${failure.serviceText}"${end}`;
}

/** The error of the network or of a gateway, in brackets. */
function inBrackets({ serviceText }: Failure): string {
	return serviceText ? ` (${serviceText})` : '';
}

function seconds(ms: number): string {
	const whole = Math.ceil(ms / 1000);
	return whole === 1 ? '1 second' : `${whole} seconds`;
}

function scopeText(failure: Failure): FailureText {
	const scopes = failure.scopes?.join(' ') ?? '';
	return {
		message: `The FreshBooks connection lacks the scope for ${failure.subject}${scopes ? `: ${scopes} is needed` : ''}`,
		description: `To fix this, enable the scope for your app in FreshBooks (Settings > Developer Portal), choose an 'Access' in the credential that includes it, and connect again. Where the portal offers your app admin:all:legacy, 'Legacy Full Access' includes every scope.${quoted(failure)}`,
	};
}

function notFoundText(failure: Failure, names: ParameterNames): FailureText {
	const message = `FreshBooks does not know ${failure.subject}${at(names)}`;
	if (!hasId(failure)) return { message, description: `Check the FreshBooks credential.${quoted(failure)}` };
	return {
		message,
		description: `Check the ID. It was looked up by its ${failure.idFamily}, and FreshBooks answers the same for an ID of another kind.${quoted(failure)}`,
	};
}

function notPublishedText(failure: Failure, names: ParameterNames): FailureText {
	return {
		message: `FreshBooks answered ${failure.status ?? 404} for ${failure.subject}${at(names)}: it may not exist, or FreshBooks does not offer this to your connection`,
		description: `This endpoint is not in FreshBooks' public documentation: it is known from a third-party guide and FreshBooks' Postman collection only. ${byHand(failure)}.${quoted(failure)}`,
	};
}

function validationText(failure: Failure, { ofField }: ParameterNames): FailureText {
	const what = ofField ? `parameter '${ofField}' in ` : '';
	return {
		message: `FreshBooks did not accept ${what}${failure.subject}${failure.serviceText ? `: ${failure.serviceText}` : ''}`,
		description: `Check the value and run it again.${failure.field && !ofField ? ` FreshBooks names the field '${failure.field}'.` : ''}`,
	};
}

/** The outcome of the request. It depends only on what was sent and received. */
function outcome({ method, sent, maybeDone, readBackFailed }: Failure): string {
	if (readBackFailed) return 'The change was accepted; only reading it back failed.';
	if (method === 'GET') return 'Nothing was changed.';
	if (sent === 0) return 'It was not sent, so nothing was done for it.';
	if (maybeDone === false) return 'Nothing was done for it.';
	return method === 'POST' ? 'It may have been carried out.' : 'It may or may not have been carried out; running it again is safe.';
}

function tries({ sent }: Failure): string {
	if (!sent) return '';
	return sent === 1 ? ' It was tried once.' : ` It was tried ${sent} times.`;
}

/** A sentence for a definite answer that followed a try without one. */
function earlierTry({ method, afterUnclearTry }: Failure): string {
	return afterUnclearTry && method !== 'GET' ? ' An earlier try of it ended without a clear answer and may have been carried out.' : '';
}

function rateLimitedText(failure: Failure): FailureText {
	const wait = failure.retryAfterMs === undefined ? 'a minute' : seconds(failure.retryAfterMs);
	return {
		message: `FreshBooks allows no more requests right now, and did not answer for ${failure.subject}`,
		description: `${outcome(failure)}${tries(failure)} To fix this, wait ${wait} and run it again.`,
	};
}

function outageText(failure: Failure): FailureText {
	return {
		message: `FreshBooks is not able to answer for ${failure.subject} at the moment (status ${failure.status ?? 500})`,
		description: `${outcome(failure)}${tries(failure)} To fix this, run it again later.${quoted(failure)}`,
	};
}

/** The client never repeats a POST after an unclear end, so the last sending was the last one. */
function unclearText(failure: Failure): FailureText {
	const { answeredByFreshBooks, status = 500, subject } = failure;
	const what = answeredByFreshBooks ? `FreshBooks answered ${status} for` : 'FreshBooks gave no clear answer for';
	const redirect = status >= 300 && status < 400 ? ' A redirect came and was not followed, so that the access token goes nowhere else.' : '';
	const late = answeredByFreshBooks ? '' : 'It may still arrive. ';
	return {
		message: `${what} ${subject}, so it is not known whether it was carried out`,
		description: `${late}It was not sent again, as that could invite the person twice. Check with 'Get Many' of invitations whether it arrived; running it again later is safe.${redirect}${answeredByFreshBooks ? quoted(failure) : inBrackets(failure)}`,
	};
}

function unreachableText(failure: Failure): FailureText {
	if (failure.noTimeLeft) {
		return { message: `No time was left to ask FreshBooks for ${failure.subject}`, description: `${outcome(failure)} To fix this, run it again.` };
	}
	return {
		message: `FreshBooks was not reached for ${failure.subject}`,
		description: `${outcome(failure)}${tries(failure)} Check the network between n8n and FreshBooks, and the credential's 'API Base URL' if 'Environment' is custom.${inBrackets(failure)}`,
	};
}

function permissionText(failure: Failure, names: ParameterNames): FailureText {
	if (failure.idFamily === 'none') {
		return {
			message: `FreshBooks does not allow this connection the request for ${failure.subject}`,
			description: `Check the credential's 'Access', or do it in FreshBooks itself.${quoted(failure)}`,
		};
	}
	return {
		message: `The connected FreshBooks user has no permission for ${failure.subject}${at(names)}`,
		description: `To fix this, connect as an owner or admin of that business, or choose another one.${quoted(failure)}`,
	};
}

function cancelledText(failure: Failure): FailureText {
	const { method, sent, maybeDone } = failure;
	if (method === 'GET') return { message: `The execution was stopped before ${failure.subject} was done`, description: 'This request changes nothing. Earlier changes remain.' };
	const mayBeDone = sent !== 0 && maybeDone !== false;
	return {
		message: `The execution was stopped before ${failure.subject} was done`,
		description: mayBeDone ? 'The request may have been carried out.' : outcome(failure),
	};
}

const TEXTS: Record<FailureKind, (failure: Failure, names: ParameterNames) => FailureText> = {
	scope: scopeText,
	notFound: notFoundText,
	notPublished: notPublishedText,
	validation: validationText,
	rateLimited: rateLimitedText,
	outage: outageText,
	unclear: unclearText,
	unreachable: unreachableText,
	permission: permissionText,
	reconnect: (failure) => ({
		message: `FreshBooks no longer accepts the connection, so ${failure.subject} could not be reached`,
		description:
			'To fix this, open the FreshBooks credential and connect it again. Use one connection in one n8n credential only: each refresh token of FreshBooks works once.',
	}),
	conflict: (failure) => ({
		message: `FreshBooks reports a conflict for ${failure.subject}${failure.serviceText ? `: ${failure.serviceText}` : ''}`,
		description:
			failure.method === 'POST'
				? 'Something with the same name or address already exists. Check which one to keep.'
				: 'Somebody may have changed it meanwhile. Check it in FreshBooks, and run it again if it is still needed.',
	}),
	notJson: (failure) => ({
		message: `A web page came back instead of FreshBooks' data for ${failure.subject}`,
		description: `${outcome(failure)}${tries(failure)} Often a gateway or proxy answers instead of FreshBooks. Check the credential's 'API Base URL', or run it again later.`,
	}),
	malformed: (failure) => ({
		message: `FreshBooks' answer for ${failure.subject} is incomplete or not of the documented form`,
		description: `${outcome(failure)}${tries(failure)} To fix this, run it again later.`,
	}),
	redirect: (failure) => ({
		message: `FreshBooks redirected the request for ${failure.subject}, which was not followed`,
		description: "Redirects are refused, so that the access token goes nowhere else. Check the credential's 'API Base URL'.",
	}),
	refused: ({ refusal }) => ({ message: refusal?.message ?? '', description: refusal?.wayOut ?? '' }),
	cancelled: cancelledText,
};

/** Kinds whose texts already state the outcome of the request. */
const SAYS_OUTCOME: ReadonlySet<FailureKind> = new Set(['cancelled', 'malformed', 'notJson', 'outage', 'rateLimited', 'refused', 'unclear', 'unreachable']);

/**
 * The text for a failure.
 * @param names what the running operation calls the values; without them no parameter is named
 */
export function textOf(failure: Failure, names: ParameterNames = {}): FailureText {
	const { message, description } = TEXTS[failure.kind](failure, names);
	if (SAYS_OUTCOME.has(failure.kind)) return { message, description };
	const readBack = failure.readBackFailed ? `${outcome(failure)} ` : '';
	return { message, description: `${readBack}${description}${earlierTry(failure)}` };
}
