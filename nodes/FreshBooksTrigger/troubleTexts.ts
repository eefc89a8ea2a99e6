import { textOf, type FailureText } from '../FreshBooks/client/errorTexts';
import { failureOf, inOneLine, type Failure, type FailureKind } from '../FreshBooks/client/errors';
import { INVITATION_EVENTS, type EventName } from './changes/events';
import type { HeldRemovals, Trouble } from './changes/pollBusiness';
import { DAY_MS, HOUR_MS } from './changes/reporting';

/** The texts for trouble that a poll met. Pure. */

/** One thing to report. */
export interface Report extends FailureText {
	/** The same trouble has the same signature. */
	signature: string;
	/** The shortest time between two errors about it, in milliseconds. */
	everyMs: number;
	/** A person has to fix it. Publishing is refused if this is true for everything that the trigger watches. */
	blocksPublishing: boolean;
	/** False: for the log only, unless an error about it is pending. */
	isDue: boolean;
	/** The API layer's error, if there is one. */
	error?: unknown;
	/** n8n's cause if there is no such error. */
	cause?: 'configuration-invalid';
}

const QUARTER_MS = HOUR_MS / 4;

/** Trouble that ends by itself. */
const PASSING = { everyMs: QUARTER_MS, blocksPublishing: false, isDue: true } as const;

/** Trouble with the connection or the settings, without an error of the API layer. */
const CONFIGURATION = { ...PASSING, blocksPublishing: true, cause: 'configuration-invalid' } as const;

const PASSING_KINDS: ReadonlySet<FailureKind> = new Set(['malformed', 'notJson', 'outage', 'rateLimited', 'unreachable', 'unclear', 'cancelled']);

/** The connected user may not read the business, or it does not exist. */
export function isNotAllowed(failure: Failure | undefined): boolean {
	return failure !== undefined && ['permission', 'notFound', 'notPublished'].includes(failure.kind);
}

/** An outage causes several kinds of failure, and is reported as one trouble. */
function signatureKindOf(failure: Failure | undefined): string {
	if (failure === undefined) return 'other';
	return PASSING_KINDS.has(failure.kind) && failure.kind !== 'rateLimited' ? 'outage' : failure.kind;
}

/** n8n's own errors, and this node's about its settings, have their own texts. */
function textOfOther(error: unknown): FailureText {
	if (!(error instanceof Error)) return { message: 'The poll failed with an unexpected error', description: '' };
	const { description } = error as { description?: unknown };
	return { message: error.message, description: typeof description === 'string' ? description : '' };
}

/**
 * The report of an error thrown while polling.
 * @param business its name and ID, as names are not unique; undefined where no business was reached
 */
export function reportOfError(error: unknown, business?: { name: string; id: number }): Report {
	const failure = failureOf(error);
	const { message, description } = failure ? textOf(failure) : textOfOther(error);
	const kept = failure ? ' The trigger keeps what it knows, and the next poll tries again.' : '';
	return {
		signature: `${business?.id ?? ''}:${signatureKindOf(failure)}`,
		message: business ? `${business.name}: ${message}` : message,
		description: `${description} Nobody is reported as removed.${kept}`.trim(),
		error,
		isDue: true,
		everyMs: business && isNotAllowed(failure) ? DAY_MS : QUARTER_MS,
		blocksPublishing: failure === undefined || !PASSING_KINDS.has(failure.kind),
	};
}

/**
 * The report for a business that users/me does not name.
 * @param isForgotten what is known of it is dropped after a week
 */
export function reportOfMissingBusiness(id: number, isForgotten: boolean): Report {
	const kept = isForgotten ? ' for a week' : '';
	const wayOut = isForgotten
		? 'To fix this, give the user access again, or connect another user. If the business no longer exists, there is nothing to do.'
		: 'To fix this, give the user access again, connect another user, or choose the businesses without this one.';
	return {
		signature: `${id}:missing`,
		message: `The connected FreshBooks user no longer belongs to business ${id}`,
		description: `Nobody is reported as removed. The trigger keeps what it knows of its people${kept}. ${wayOut}`,
		...CONFIGURATION,
		everyMs: DAY_MS,
	};
}

/** The report where all businesses are watched and there is none. */
export function reportOfNoBusiness(): Report {
	return {
		signature: ':noBusiness',
		message: 'The connected FreshBooks user belongs to no business, so there is nobody to watch',
		description: 'To fix this, give the user access to a business in FreshBooks, or connect another user.',
		...CONFIGURATION,
	};
}

/** The report of a business for which two polls in a row had no time. */
export function reportOfNoTime({ name, id }: { name: string; id: number }): Report {
	return {
		signature: `${id}:outage`,
		message: `${name}: there was no time to list its people`,
		description: 'FreshBooks took all the time that n8n gives a poll. Nothing is lost: the next poll begins with this business.',
		...PASSING,
	};
}

/** The report of a poll that was abandoned. */
export function reportOfHangingPoll(): Report {
	return {
		signature: ':hangs',
		message: 'A poll of this trigger did not end and was abandoned',
		description: 'Nothing is lost: the next poll reads the lists again. If it happens again, restart n8n.',
		...PASSING,
	};
}

function incompleteText(name: string, { list, listed, total, steady }: Trouble & { kind: 'incompleteListing' }): FailureText {
	const counted = total === null ? '' : ` of ${total}`;
	return {
		message: `${name}: FreshBooks did not give the complete list of ${list} (${listed} listed${counted})`,
		description: steady
			? `Two readings gave the same result: FreshBooks counts ${list} that it does not show to the connected user. Until this is fixed, no change of this list is reported. To fix this, connect a user who may see everybody.`
			: 'The list was read twice. Nothing is lost: the next poll reads it again.',
	};
}

/** How many people or invitations of how many disappeared, and what to do. */
function heldText(name: string, { list, limit, confirmed, unconfirmed, known }: HeldRemovals): FailureText {
	const allowed = limit.unit === 'percent' ? `${limit.maxRemovals} %` : `${limit.maxRemovals}`;
	const doubt = unconfirmed === 0 ? '' : ` (${unconfirmed} more are still to be confirmed)`;
	const [effect, check, left, until] =
		list === 'people'
			? ['nothing was emitted', 'they really left, and whether the connected user may still see the whole team', 'leave', 'no event of this business is emitted']
			: ['none was reported as revoked', 'they really ended, and whether the connected user may still see them', 'end', 'they are not reported as revoked'];
	return {
		message: `${confirmed + unconfirmed} of ${known} ${list} disappeared from ${name} at once: ${effect}`,
		description:
			`${confirmed} are confirmed as gone${doubt}, more than the removal limit of ${allowed} allows. Check in FreshBooks whether ${check}. ` +
			`If they did ${left}, raise 'Max Removals' in the trigger's options: the next poll then reports them. ` +
			`If they come back, the trigger continues by itself. Until then ${until}.`,
	};
}

function undecidedText(name: string, { people, first, answer }: Trouble & { kind: 'undecidedPeople' }): FailureText {
	const who = people === 1 ? '1 person has been' : `${people} people have been`;
	return {
		message: `${name}: ${who} missing from FreshBooks' lists for more than an hour, and FreshBooks does not confirm that they are gone`,
		description:
			`The first is ${inOneLine(first, 80)}: FreshBooks answered ${answer}. They are not reported as removed; all other changes are reported. ` +
			'To fix this, look them up in FreshBooks under Team Members. Remove those who should have left. If they stay, connect a user who may see the whole team.',
	};
}

/** As the node's parameter shows it: `invitationCreated` is 'Invitation Created'. */
function displayNameOf(event: EventName): string {
	return `'${event.charAt(0).toUpperCase()}${event.slice(1).replace(/[A-Z]/g, ' $&')}'`;
}

function reportOfUnavailableInvitations(reason: unknown, business: { name: string; id: number }, events: ReadonlySet<EventName>): Report {
	const report = { ...reportOfError(reason, business), signature: `${business.id}:invitationsUnavailable` };
	if (!report.blocksPublishing) return report;
	const chosen = INVITATION_EVENTS.filter((event) => events.has(event)).map(displayNameOf);
	return {
		...report,
		description: `Events about people are still reported. To fix this, deselect ${new Intl.ListFormat('en-GB').format(chosen)} in 'Events', or connect a user who may list invitations.`,
		everyMs: DAY_MS,
	};
}

/** The report of one trouble of one business's poll. `events` are the chosen ones. */
export function reportOfTrouble(trouble: Trouble, business: { name: string; id: number }, events: ReadonlySet<EventName>): Report {
	const { name, id } = business;
	const signature = `${id}:${trouble.kind}`;
	switch (trouble.kind) {
		case 'stateDamaged':
			return {
				signature,
				message: `${name}: the trigger's stored state could not be read`,
				description:
					'The trigger took a new baseline. It reports no change since the last poll. ' +
					'To fix this, compare the team with your records once, for example with FreshBooks > Review.',
				...PASSING,
				everyMs: DAY_MS,
			};
		case 'incompleteListing':
			return {
				signature: `${signature}:${trouble.list}`,
				...incompleteText(name, trouble),
				...PASSING,
				blocksPublishing: trouble.steady && trouble.list === 'people',
			};
		case 'invitationsUnavailable':
			return reportOfUnavailableInvitations(trouble.reason, business, events);
		case 'removalsHeld':
			return { signature: `${signature}:${trouble.list}`, ...heldText(name, trouble), ...PASSING, everyMs: HOUR_MS, isDue: trouble.isDue };
		case 'undecidedPeople':
			return { signature, ...undecidedText(name, trouble), ...PASSING, everyMs: 0, isDue: trouble.isDue };
	}
}
