import { failureOf, FreshBooksError } from '../client/errors';

/** Reads the result of a write that FreshBooks accepted. A failure is marked, so that no text calls the write failed. */
export async function readBack<Result>(read: () => Promise<Result>): Promise<Result> {
	return await read().catch((error: unknown) => {
		const failure = failureOf(error);
		return Promise.reject(failure ? new FreshBooksError({ ...failure, readBackFailed: true }) : error);
	});
}
