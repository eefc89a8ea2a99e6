import { setTimeout as sleep } from 'node:timers/promises';
import type { Json } from '../support.mts';
import type { Provider, ScimAnswer } from './provider.mts';

/**
 * What Okta and Entra ID do to bring one person into an app, or out of it: each looks for the person by a filter on userName
 * first, whatever an earlier request came to, and writes only what differs. Either may be repeated at any time.
 */

/** What became of one such attempt. */
export interface Attempt {
	/** The provider takes it for done, and does not repeat it. */
	readonly isDone: boolean;
	/** The statuses of its requests, in their order. */
	readonly statuses: readonly number[];
	/** The last answer. */
	readonly answer: ScimAnswer;
}

const OKTA_TYPE = 'application/scim+json; charset=utf-8';
const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';
const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

function attemptOf(...answers: [ScimAnswer, ...ScimAnswer[]]): Attempt {
	const answer = answers.at(-1) ?? answers[0];
	return { isDone: answer.status >= 200 && answer.status < 300, statuses: answers.map(({ status }) => status), answer };
}

/** Looks for a person, as both do before anything else. */
export async function find(provider: Provider, address: string): Promise<ScimAnswer> {
	return await provider.ask(`/Users?filter=${encodeURIComponent(`userName eq "${address}"`)}&startIndex=1&count=100`);
}

async function setActive(provider: Provider, user: Json, active: boolean): Promise<ScimAnswer> {
	const body = { schemas: [PATCH], Operations: [{ op: 'replace', value: { active } }] };
	return await provider.ask(`/Users/${String(user['id'])}`, { method: 'PATCH', body, contentType: OKTA_TYPE });
}

/** Assigns a person to the app: created where there is nobody, activated where there is somebody inactive. */
export async function provision(provider: Provider, address: string, more: Json = {}): Promise<Attempt> {
	const found = await find(provider, address);
	if (found.status !== 200) return attemptOf(found);
	const [user] = found.body['Resources'] as Json[];
	if (user) return user['active'] === true ? attemptOf(found) : attemptOf(found, await setActive(provider, user, true));
	const body = { schemas: [USER], userName: address, active: true, emails: [{ primary: true, type: 'work', value: address }], ...more };
	return attemptOf(found, await provider.ask('/Users', { method: 'POST', body, contentType: OKTA_TYPE }));
}

/** Takes a person out of the app; where nobody is found there is nothing left to do. */
export async function deprovision(provider: Provider, address: string): Promise<Attempt> {
	const found = await find(provider, address);
	if (found.status !== 200) return attemptOf(found);
	const [user] = found.body['Resources'] as Json[];
	return user?.['active'] === true ? attemptOf(found, await setActive(provider, user, false)) : attemptOf(found);
}

/** Repeats an attempt until it is done, at most so many times in all. A connection that breaks counts as an attempt of none. */
export async function repeated(attempt: () => Promise<Attempt>, tries: number, pauseMs: number): Promise<Array<Attempt | undefined>> {
	const attempts: Array<Attempt | undefined> = [];
	while (attempts.length < tries) {
		if (attempts.length > 0) await sleep(pauseMs);
		const made = await attempt().catch(() => undefined);
		attempts.push(made);
		if (made?.isDone) break;
	}
	return attempts;
}
