import { setTimeout as sleep } from 'node:timers/promises';
import type { Json } from '../support.mts';
import type { Provider, ScimAnswer } from './provider.mts';

/**
 * How Okta and Entra ID assign a person to an app, or remove one. Both first search for the person by userName, whatever the result
 * of earlier requests, and write only the differences. Both may repeat this at any time.
 */

/** The result of one attempt. */
export interface Attempt {
	/** True if the provider treats it as done and does not repeat it. */
	readonly isDone: boolean;
	/** The statuses of its requests, in order. */
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

/** Searches for a person, as both do first. */
export async function find(provider: Provider, address: string): Promise<ScimAnswer> {
	return await provider.ask(`/Users?filter=${encodeURIComponent(`userName eq "${address}"`)}&startIndex=1&count=100`);
}

async function setActive(provider: Provider, user: Json, active: boolean): Promise<ScimAnswer> {
	const body = { schemas: [PATCH], Operations: [{ op: 'replace', value: { active } }] };
	return await provider.ask(`/Users/${String(user['id'])}`, { method: 'PATCH', body, contentType: OKTA_TYPE });
}

/** Assigns a person to the app: creates them, or activates them if they are inactive. */
export async function provision(provider: Provider, address: string, more: Json = {}): Promise<Attempt> {
	const found = await find(provider, address);
	if (found.status !== 200) return attemptOf(found);
	const [user] = found.body['Resources'] as Json[];
	if (user) return user['active'] === true ? attemptOf(found) : attemptOf(found, await setActive(provider, user, true));
	const body = { schemas: [USER], userName: address, active: true, emails: [{ primary: true, type: 'work', value: address }], ...more };
	return attemptOf(found, await provider.ask('/Users', { method: 'POST', body, contentType: OKTA_TYPE }));
}

/** Removes a person from the app. Does nothing if nobody is found. */
export async function deprovision(provider: Provider, address: string): Promise<Attempt> {
	const found = await find(provider, address);
	if (found.status !== 200) return attemptOf(found);
	const [user] = found.body['Resources'] as Json[];
	return user?.['active'] === true ? attemptOf(found, await setActive(provider, user, false)) : attemptOf(found);
}

/** Repeats an attempt until it is done, up to a maximum. A broken connection counts as an attempt without a response. */
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
