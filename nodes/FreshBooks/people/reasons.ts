import { failureOf } from '../client/errors';
import { textOf } from '../client/errorTexts';

/** Why something failed, in the words of the node's errors; without a full stop. */
export function reasonOf(error: unknown): string {
	const failure = failureOf(error);
	if (failure) return textOf(failure).message;
	return error instanceof Error ? error.message : String(error);
}

/** True for failures that end the run: it was cancelled, or this package has a defect. */
export function endsTheRun(error: unknown): boolean {
	const failure = failureOf(error);
	return failure === undefined || failure.kind === 'cancelled';
}
