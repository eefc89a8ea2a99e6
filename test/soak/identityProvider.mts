// One more player: an identity provider with people of its own, which repeats failed requests as Okta and Entra ID do.
import { setTimeout as sleep } from 'node:timers/promises';
import { pendingInvitations, sameAddress } from '../../sandbox/freshbooks/businesses.mts';
import type { Provider, ScimAnswer } from '../e2e/scim/provider.mts';
import { deprovision, find, provision, type Attempt } from '../e2e/scim/requests.mts';
import type { Json } from '../e2e/support.mts';
import { People } from '../e2e/trigger/people.mts';
import type { Action, ActionKind } from './judge/actions.mts';
import type { Wish } from './judge/provider.mts';
import { PROVISIONED } from './plan.mts';
import type { ProviderAct, ProviderLife } from './providerPlan.mts';
import type { Stage } from './stage.mts';

/**
 * Okta and Entra ID repeat for days; here the faults stop after minutes. The time is longer than the minute for which the service
 * does not know whether an invitation with an unclear end arrived.
 */
const MOST_TRIES = 30;
const BETWEEN_TRIES_MS = 3_000;
const LONGEST_MS = 280_000;

function isOk({ status }: ScimAnswer): boolean {
	return status >= 200 && status < 300;
}

/** Runs the provider's plan; its requests are in `actions`, in the form of requests to the action node. */
export class IdentityProvider {
	readonly actions: Action[] = [];
	/** The last requested state of each person. */
	readonly wishes = new Map<string, Wish>();
	/** Statuses of the last answer of each attempt, with their number; 0 for none. */
	readonly answers = new Map<number, number>();
	readonly #stage: Stage;
	readonly #lives: readonly ProviderLife[];
	readonly #stop = new AbortController();
	readonly #underWay: Array<Promise<void>> = [];

	constructor(stage: Stage, lives: readonly ProviderLife[]) {
		this.#stage = stage;
		this.#lives = lives;
	}

	/** Runs until the time is over. It continues to request what is not done then: see `finish`. */
	async play(forMs: number): Promise<void> {
		for (const life of this.#lives) this.#underWay.push(this.#live(life));
		// The owner, who is never deactivated.
		this.#underWay.push(this.#takeOutOwner(forMs / 3));
		await sleep(forMs);
		this.#stop.abort();
	}

	async finish(): Promise<void> {
		await Promise.race([Promise.all(this.#underWay), sleep(LONGEST_MS, undefined, { ref: false })]);
	}

	get #scim(): Provider {
		return this.#stage.scim.provider;
	}

	async #pause(ms: number): Promise<boolean> {
		return await sleep(ms, true, { signal: this.#stop.signal }).catch(() => false);
	}

	async #live({ startsAtMs, email, steps }: ProviderLife): Promise<void> {
		if (!(await this.#pause(startsAtMs))) return;
		for (const { afterMs, act } of steps) {
			if (!(await this.#pause(afterMs))) return;
			await this.#carryOut(email, act);
		}
	}

	async #takeOutOwner(afterMs: number): Promise<void> {
		const { email } = this.#stage.world.sandbox.parts.world.owner;
		if (await this.#pause(afterMs)) await this.#ask('offboard', email, async () => await deprovision(this.#scim, email));
	}

	async #carryOut(email: string, act: ProviderAct): Promise<void> {
		switch (act.kind) {
			case 'accept': return this.#accept(email);
			case 'assign': return await this.#wish(email, true, 'onboard', async () => await provision(this.#scim, email));
			case 'unassign': return await this.#wish(email, false, 'offboard', async () => (act.byDelete ? await this.#delete(email) : await deprovision(this.#scim, email)));
			case 'role': return void (await this.#ask('updateRole', email, async () => await this.#change(email, { roles: [{ value: act.role, primary: true }] })));
			case 'rename': return void (await this.#ask('updateRole', email, async () => await this.#change(email, { name: { givenName: 'Given', familyName: act.familyName } })));
		}
	}

	#accept(email: string): void {
		const { world } = this.#stage.world.sandbox.parts;
		const business = world.businesses.get(PROVISIONED.id);
		if (business && pendingInvitations(business).some((invitation) => sameAddress(invitation.email, email))) new People(world, PROVISIONED.id).accept(email);
	}

	/** Requests it again until it is done. */
	async #wish(email: string, isAssigned: boolean, kind: ActionKind, attempt: () => Promise<Attempt>): Promise<void> {
		for (let tries = 1; tries <= MOST_TRIES; tries++) {
			const isDone = await this.#ask(kind, email, attempt);
			this.wishes.set(email, { email, isAssigned, isDone });
			if (isDone) return;
			await sleep(BETWEEN_TRIES_MS);
		}
	}

	/** One attempt, recorded for the judge. `done` says that the person is in, or out. It says nothing of roles and names: what FreshBooks refuses of these becomes an item, not an error. */
	async #ask(kind: ActionKind, email: string, attempt: () => Promise<Attempt>): Promise<boolean> {
		const startedAt = Date.now();
		const made = await attempt().catch(() => undefined);
		const isDone = made?.isDone === true;
		const status = made?.answer.status ?? 0;
		this.answers.set(status, (this.answers.get(status) ?? 0) + 1);
		const items = isDone && kind !== 'updateRole' ? [{}] : undefined;
		this.actions.push({ kind, businessId: PROVISIONED.id, email, startedAt, endedAt: Date.now(), items, reports: [], grant: this.#stage.scim.grant });
		return isDone;
	}

	async #delete(email: string): Promise<Attempt> {
		const answer = await this.#scim.ask(`/Users/${Buffer.from(email).toString('base64url')}`, { method: 'DELETE' });
		return { isDone: answer.status === 204 || answer.status === 404, statuses: [answer.status], answer };
	}

	/** Replaces the user, as Okta does. */
	async #change(email: string, attributes: Json): Promise<Attempt> {
		const found = await find(this.#scim, email);
		const [user] = isOk(found) ? (found.body['Resources'] as Json[]) : [];
		if (!user) return { isDone: isOk(found), statuses: [found.status], answer: found };
		const answer = await this.#scim.ask(`/Users/${String(user['id'])}`, { method: 'PUT', body: { ...user, ...attributes } });
		return { isDone: isOk(answer), statuses: [found.status, answer.status], answer };
	}
}
