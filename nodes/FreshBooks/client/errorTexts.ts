import type { Failure, FailureKind } from './errors';

/** What the user reads when a request fails: one sentence on what happened, one on the way out. Pure. */

export interface FailureText {
	message: string;
	description: string;
}

/** The parameter from which the ID in a request's path came. */
const PARAMETER_OF_ID_FAMILY: ReadonlyMap<string, string> = new Map([
	['business ID', 'Business'],
	['account ID', 'Account'],
	['team member UUID', 'Team Member'],
	['integer member ID', 'Team Member'],
	['invitation ID', 'Invitation'],
	['staff ID', 'Staff'],
]);

const PARAMETER_OF_FIELD: ReadonlyMap<string, string> = new Map([
	['email', 'Email'],
	['to_email', 'Email'],
	['role', 'Role'],
	['capacity', 'Role'],
	['permissions', 'Permissions'],
]);

/** Where it is done by hand, for what FreshBooks' API does not offer: people, or one's own profile. */
function byHand(failure: Failure): string {
	return parameterOf(failure) === '' ? 'Do it in FreshBooks itself' : 'Check the ID, or do it in FreshBooks itself, under Team Members';
}

function parameterOf(failure: Failure): string {
	return PARAMETER_OF_ID_FAMILY.get(failure.idFamily) ?? '';
}

function at(failure: Failure): string {
	const parameter = parameterOf(failure);
	return parameter === '' ? '' : ` (parameter '${parameter}')`;
}

function quoted(failure: Failure): string {
	if (!failure.serviceText) return '';
	const end = /[.!?]$/.test(failure.serviceText) ? '' : '.';
	return ` FreshBooks said: "${failure.serviceText}"${end}`;
}

function seconds(ms: number): string {
	const whole = Math.ceil(ms / 1000);
	return whole === 1 ? '1 second' : `${whole} seconds`;
}

function scopeText(failure: Failure): FailureText {
	const scopes = failure.scopes?.join(' ') ?? '';
	return {
		message: `The FreshBooks connection lacks the scope for ${failure.subject}${scopes ? `: ${scopes} is needed` : ''}`,
		description: `Enable the scope for your app in FreshBooks (Settings > Developer Portal), choose an 'Access' in the credential that includes it, and connect again.${quoted(failure)}`,
	};
}

function notFoundText(failure: Failure): FailureText {
	const message = `FreshBooks does not know ${failure.subject}${at(failure)}`;
	if (parameterOf(failure) === '') return { message, description: `Check the FreshBooks credential.${quoted(failure)}` };
	return {
		message,
		description: `It was looked up by its ${failure.idFamily}. FreshBooks answers the same when an ID of another kind is used, so pick it from the list, or check it.${quoted(failure)}`,
	};
}

function notPublishedText(failure: Failure): FailureText {
	return {
		message: `FreshBooks answered ${failure.status ?? 404} for ${failure.subject}${at(failure)}: it may not exist, or FreshBooks does not offer this to your connection`,
		description: `This endpoint is not in FreshBooks' public documentation: it is known from a third-party guide and FreshBooks' Postman collection only. ${byHand(failure)}.${quoted(failure)}`,
	};
}

function validationText(failure: Failure): FailureText {
	const parameter = PARAMETER_OF_FIELD.get(failure.field ?? '');
	const what = parameter ? `parameter '${parameter}' in ` : '';
	return {
		message: `FreshBooks did not accept ${what}${failure.subject}${failure.serviceText ? `: ${failure.serviceText}` : ''}`,
		description: `Correct the value and run it again.${failure.field && !parameter ? ` FreshBooks names the field '${failure.field}'.` : ''}`,
	};
}

function rateLimitedText(failure: Failure): FailureText {
	const wait = failure.retryAfterMs === undefined ? 'a minute' : seconds(failure.retryAfterMs);
	return {
		message: `FreshBooks allows no more requests right now, and did not answer for ${failure.subject}`,
		description: `Nothing was done for it. Wait ${wait}, lower 'Batch Size' if many items are worked on, and run it again.`,
	};
}

/** What a request that got no clear answer may have done. */
function fate(failure: Failure): string {
	return failure.method === 'GET' ? 'Nothing was changed.' : 'It may or may not have been carried out; running it again is safe.';
}

function outageText(failure: Failure): FailureText {
	return {
		message: `FreshBooks is not able to answer for ${failure.subject} at the moment (status ${failure.status ?? 500})`,
		description: `${fate(failure)} It was tried several times; run it again later.${quoted(failure)}`,
	};
}

function unknownFateText(failure: Failure): FailureText {
	return {
		message: `FreshBooks broke off during ${failure.subject}, so it is not known whether it was carried out`,
		description:
			"It was not sent again, as that could invite the person twice. Look with 'Get Many' of invitations, or run it again with 'If It Exists' set to return.",
	};
}

function unreachableText(failure: Failure): FailureText {
	return {
		message: `FreshBooks was not reached for ${failure.subject}`,
		description: `${fate(failure)} Check the network between n8n and FreshBooks, and the credential's 'API Base URL' if 'Environment' is custom.${failure.serviceText ? ` (${failure.serviceText})` : ''}`,
	};
}

const TEXTS: Record<FailureKind, (failure: Failure) => FailureText> = {
	scope: scopeText,
	notFound: notFoundText,
	notPublished: notPublishedText,
	validation: validationText,
	rateLimited: rateLimitedText,
	outage: outageText,
	unknownFate: unknownFateText,
	unreachable: unreachableText,
	permission: (failure) => ({
		message: `The connected FreshBooks user has no permission for ${failure.subject}${at(failure)}`,
		description: `Connect as an owner or admin of that business, or choose another one.${quoted(failure)}`,
	}),
	reconnect: (failure) => ({
		message: `FreshBooks no longer accepts the connection, so ${failure.subject} could not be reached`,
		description:
			'Open the FreshBooks credential and connect it again. A grant is good for one n8n credential only: FreshBooks gives each refresh token once.',
	}),
	conflict: (failure) => ({
		message: `FreshBooks reports a conflict for ${failure.subject}${failure.serviceText ? `: ${failure.serviceText}` : ''}`,
		description: 'Something with the same name or address is there already. Look it up and decide which one to keep.',
	}),
	notJson: (failure) => ({
		message: `A web page came back instead of FreshBooks' data for ${failure.subject}`,
		description: `${fate(failure)} Often a gateway or proxy answers in between: check the credential's 'API Base URL', or run it again later.`,
	}),
	malformed: (failure) => ({
		message: `FreshBooks' answer for ${failure.subject} is incomplete or not of the documented form`,
		description: `${fate(failure)} Nothing was guessed from it; run it again later.`,
	}),
	redirect: (failure) => ({
		message: `FreshBooks redirected the request for ${failure.subject}, which was not followed`,
		description: "Redirects are refused, so that the access token goes nowhere else. Check the credential's 'API Base URL'.",
	}),
	refused: ({ refusal }) => ({ message: refusal?.message ?? '', description: refusal?.wayOut ?? '' }),
	cancelled: (failure) => ({
		message: `The execution was stopped before ${failure.subject} was done`,
		description: 'What had been sent before may have been carried out.',
	}),
};

/** The text for a failure. */
export function textOf(failure: Failure): FailureText {
	return TEXTS[failure.kind](failure);
}
