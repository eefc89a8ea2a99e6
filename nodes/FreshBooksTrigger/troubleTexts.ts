import { textOf, type FailureText } from '../FreshBooks/client/errorTexts';
import { failureOf } from '../FreshBooks/client/errors';
import type { Trouble } from './changes/pollBusiness';
import type { KnownTrouble } from './processMemory';

/** What the user reads when a poll met trouble. Pure. */

/** One thing to tell. The signature says how often it may be thrown; what does not pass waits for a person. */
export interface Report extends FailureText, KnownTrouble {
	/** The API layer's error behind it, if any. */
	error?: unknown;
	/** n8n's word for it where no error is behind it. */
	cause?: 'configuration-invalid';
	/** Goes to the log only. */
	logOnly?: boolean;
	/** Comes once an hour, so n8n must not swallow it: while activating it shows an error only if five attempts fail. */
	once?: boolean;
}

const PASSING_KINDS: ReadonlySet<string> = new Set(['malformed', 'notJson', 'outage', 'rateLimited', 'unreachable', 'unknownFate', 'cancelled']);

/** The report of an error thrown while polling; `where` is a business' name, `which` its ID, as names are not unique; both empty for all of them. */
export function reportOfError(error: unknown, where: string, which: number | '' = ''): Report {
	const failure = failureOf(error);
	const text = failure ? textOf(failure) : textOfOther(error);
	const passes = failure !== undefined && PASSING_KINDS.has(failure.kind);
	const kept = 'What is known of the people is kept, and nobody is reported as removed; the next poll looks again.';
	return {
		// An outage shows in many ways; it is one trouble all the same.
		signature: `${which}:${passes && failure.kind !== 'rateLimited' ? 'outage' : (failure?.kind ?? 'other')}`,
		message: where === '' ? text.message : `${where}: ${text.message}`,
		description: `${text.description} ${kept}`.trim(),
		error,
		passes,
	};
}

/** n8n's own errors, and this node's about its settings, bring their texts along. */
function textOfOther(error: unknown): FailureText {
	if (!(error instanceof Error)) return { message: 'The poll met something it was not made for', description: '' };
	const { description } = error as { description?: unknown };
	return { message: error.message, description: typeof description === 'string' ? description : '' };
}

/** The report for a business that the connected user no longer belongs to. */
export function reportOfLostBusiness(name: string): Report {
	return {
		signature: `${name}:lost`,
		message: `The connected FreshBooks user no longer belongs to ${name}`,
		description:
			'Nobody is reported as removed, and what is known of its people is kept. Give the user access again, connect another user, or choose the businesses without this one.',
		passes: false,
		cause: 'configuration-invalid',
	};
}

/** The report where all businesses are watched and there is none. */
export function reportOfNoBusiness(): Report {
	return {
		signature: ':noBusiness',
		message: 'The connected FreshBooks user belongs to no business, so there is nobody to watch',
		description: 'Give the user access to a business in FreshBooks, or connect another user.',
		passes: false,
		cause: 'configuration-invalid',
	};
}

function incompleteText(name: string, trouble: Trouble & { kind: 'incompleteListing' }): FailureText {
	const list = trouble.list === 'people' ? 'people' : 'invitations';
	const counted = trouble.total === null ? '' : `, though it counts ${trouble.total}`;
	return {
		message: `${name}: FreshBooks did not give the whole list of ${list} (${trouble.listed} shown${counted})`,
		description: trouble.steady
			? `Twice the same: FreshBooks counts ${list} that it does not show to the connected user. Connect a user who may see everyone; until then no change of this list is reported.`
			: 'It was read twice. Nothing was compared with it, so nothing is lost: the next poll reads it again.',
	};
}

function heldText(name: string, { confirmed, unconfirmed, known, list }: Trouble & { kind: 'removalsHeld' }): FailureText {
	return { message: `${confirmed + unconfirmed} of ${known} ${list} disappeared from ${name} at once: nothing was emitted`, description: `${confirmed} are confirmed as gone. Raise 'Max Removals' if they left.` };
}

/** The report of one trouble of one business's poll. */
export function reportOfTrouble(name: string, id: number, trouble: Trouble): Report {
	const signature = `${id}:${trouble.kind}`;
	switch (trouble.kind) {
		case 'stateDamaged':
			return {
				signature,
				message: `${name}: what was remembered of the people could not be read`,
				description: 'A new baseline was taken; changes since the last poll are not known.',
				passes: true,
				logOnly: true,
			};
		case 'incompleteListing':
			return { signature, ...incompleteText(name, trouble), passes: !trouble.steady };
		case 'invitationsUnavailable':
			return { ...reportOfError(trouble.reason, name, id), signature };
		case 'removalsHeld':
			return { signature, ...heldText(name, trouble), passes: false, logOnly: !trouble.isDue, once: true };
		case 'undecidedPeople':
			return {
				signature,
				message: `${name}: for more than an hour FreshBooks has not said clearly whether ${trouble.people} people are gone (${trouble.first})`,
				description: `Its lists lack them; asked by ID it answered ${trouble.answer}. They are not reported as removed.`,
				passes: false,
				logOnly: !trouble.isDue,
				once: true,
			};
	}
}
