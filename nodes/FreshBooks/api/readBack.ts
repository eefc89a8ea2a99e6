import { failureOf, FreshBooksError } from '../client/errors';

/** Reads the result of an accepted write. Marks a failure with `readBackFailed`: the read failed, not the write. */
export async function readBack<Result>(read: () => Promise<Result>): Promise<Result> {
	return await read().catch((error: unknown) => {
		const failure = failureOf(error);
		return Promise.reject(failure ? new FreshBooksError({ ...failure, readBackFailed: true }) : error);
	});
}
