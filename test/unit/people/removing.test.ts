import { FreshBooksError, type Failure } from '../../../nodes/FreshBooks/client/errors';
import { doneBy } from '../../../nodes/FreshBooks/people/removing';

const failed = (facts: Partial<Failure> & Pick<Failure, 'kind'>): FreshBooksError =>
	new FreshBooksError({ subject: 'a member', idFamily: 'member ID', method: 'DELETE', sent: 1, ...facts } as Failure);

describe('who removed what the lists no longer show', () => {
	test.each([
		['a request that FreshBooks accepted', {}, 'thisRun'],
		['a request that an earlier item sent', { error: failed({ kind: 'notFound' }), wasAcceptedBefore: true }, 'thisRun'],
		['a request with an unknown result', { error: failed({ kind: 'outage', maybeDone: true }) }, 'earlierTry'],
		['not found, after a try with an unknown result', { error: failed({ kind: 'notFound', maybeDone: true, afterUnclearTry: true }) }, 'earlierTry'],
		['not found', { error: failed({ kind: 'notFound' }) }, 'somebodyElse'],
		['a clear refusal', { error: failed({ kind: 'permission', maybeDone: false }) }, 'somebodyElse'],
	])('%s', (_name, attempt, expected) => {
		expect(doneBy(attempt)).toBe(expected);
	});
});
