// Runs the plan: people, the package's actions and another program change the same businesses at the same time.
import { setTimeout as sleep } from 'node:timers/promises';
import { generatedPerson } from '../../sandbox/freshbooks/people.mts';
import { findMember, pendingInvitations, sameAddress } from '../../sandbox/freshbooks/businesses.mts';
import type { Business } from '../../sandbox/freshbooks/types.mts';
import { People } from '../e2e/trigger/people.mts';
import type { Json } from '../e2e/support.mts';
import type { Action, ActionKind } from './judge/actions.mts';
import { OtherProgram } from './otherProgram.mts';
import { BUSINESSES, placeInTeam, type Act, type Attempt, type Life, type Plan, type Read, type Step } from './plan.mts';
import type { ActionName, Stage } from './stage.mts';

const LONGEST_ACTION_MS = 280_000;
/** How often an onboarding is repeated until its result is clear: for longer than a business is refused (30 seconds). */
const MOST_RUNS = 40;
const BETWEEN_RUNS_MS = 2_000;

/** Whether an onboarding succeeded with a clear result. */
function isSure(items: Json[] | undefined): boolean {
	return items !== undefined && items.every(({ verified }) => verified !== false);
}

/** The progress of one person's steps. */
interface Subject {
	readonly businessId: number;
	email: string;
}

/** Runs a plan; the actions of the package are in `actions`. */
export class Player {
	readonly actions: Action[] = [];
	/** How often two wrote about the same person at the same time. */
	twoWriters = 0;
	skipped = 0;
	readonly #stage: Stage;
	readonly #plan: Plan;
	readonly #other: OtherProgram;
	readonly #stop = new AbortController();
	readonly #underWay = new Set<Promise<unknown>>();
	#outages = 0;
	#clockJumps = 0;
	#refusals = 0;

	constructor(stage: Stage, plan: Plan) {
		this.#stage = stage;
		this.#plan = plan;
		this.#other = new OtherProgram(stage.world.sandbox);
	}

	get outages(): number {
		return this.#outages;
	}

	get clockJumps(): number {
		return this.#clockJumps;
	}

	get refusals(): number {
		return this.#refusals;
	}

	/** Runs until the time is over. */
	async play(forMs: number): Promise<void> {
		const { lives, reads, attempts, outages, clockJumps, refusals } = this.#plan;
		for (const life of lives) this.#at(life.startsAtMs, async () => await this.#live(life));
		for (const read of reads) this.#at(read.atMs, async () => await this.#read(read));
		for (const attempt of attempts) this.#at(attempt.atMs, async () => await this.#attempt(attempt));
		for (const { atMs, ms } of outages) this.#at(atMs, async () => await this.#goDark(ms));
		for (const { atMs, offsetMs } of clockJumps) this.#at(atMs, () => this.#jump(offsetMs));
		for (const { atMs, ms, business } of refusals) this.#at(atMs, async () => await this.#refuse(BUSINESSES[business]?.id ?? 0, ms));
		await sleep(forMs);
		this.#stop.abort();
		this.#jump(0);
	}

	/** Waits for steps that are still running. */
	async finish(): Promise<void> {
		await Promise.race([Promise.all(this.#underWay), sleep(LONGEST_ACTION_MS, undefined, { ref: false })]);
	}

	#at(ms: number, work: () => unknown): void {
		const step = this.#pause(ms).then(async (isTime) => (isTime ? await work() : undefined));
		this.#underWay.add(step);
		void step.finally(() => this.#underWay.delete(step));
	}

	/** False when the campaign ended meanwhile. */
	async #pause(ms: number): Promise<boolean> {
		return await sleep(ms, true, { signal: this.#stop.signal }).catch(() => false);
	}

	async #goDark(ms: number): Promise<void> {
		await this.#stage.world.control('POST', '/outage', { ms });
		this.#outages += 1;
	}

	#jump(offsetMs: number): void {
		const { settings } = this.#stage.world.sandbox.parts.world;
		if (settings.clockOffsetMs !== offsetMs) this.#clockJumps += 1;
		settings.clockOffsetMs = offsetMs;
	}

	/** For a while the connected user may not list a business. */
	async #refuse(businessId: number, ms: number): Promise<void> {
		const business = this.#business(businessId);
		business.listable = false;
		this.#refusals += 1;
		await this.#pause(ms);
		business.listable = true;
	}

	#business(id: number): Business {
		const business = this.#stage.world.sandbox.parts.world.businesses.get(id);
		if (!business) throw new Error(`The sandbox has no business ${id}.`);
		return business;
	}

	async #live(life: Life): Promise<void> {
		const businessId = BUSINESSES[life.business]?.id ?? 0;
		const subject = { businessId, email: life.veteran === undefined ? life.email : generatedPerson(placeInTeam(life.veteran)).email };
		for (const step of life.steps) if (!(await this.#step(subject, step))) return;
	}

	async #step(subject: Subject, { afterMs, act }: Step): Promise<boolean> {
		if (!(await this.#pause(afterMs))) return false;
		if (this.#isPossible(subject, act)) await this.#carryOut(subject, act);
		else this.skipped += 1;
		return true;
	}

	/** Somebody else may have done it before, or an action may have failed. */
	#isPossible({ businessId, email }: Subject, act: Act): boolean {
		const business = this.#business(businessId);
		const pending = pendingInvitations(business).filter((invitation) => sameAddress(invitation.email, email)).length;
		const member = findMember(business, email);
		switch (act.kind) {
			case 'join':
			case 'invite':
			case 'onboard': return !member;
			case 'inviteAgain':
			case 'resend':
			case 'withdraw':
			case 'revoke': return pending > 0;
			case 'accept': return (pending === 1 || (pending > 1 && act.oneOfSeveral)) && !member;
			case 'reactivate': return member?.active === false;
			case 'role':
			case 'rename':
			case 'address':
			case 'deactivate':
			case 'newId':
			case 'successor':
			case 'bequeath':
			case 'leave': return member !== undefined;
		}
	}

	async #carryOut(subject: Subject, act: Act): Promise<void> {
		const { businessId, email } = subject;
		const people = new People(this.#stage.world.sandbox.parts.world, businessId);
		switch (act.kind) {
			case 'join': return people.join(email, act.role);
			case 'rename': return people.rename(email, act.lastName);
			case 'deactivate': return people.deactivate(email);
			case 'reactivate': return people.reactivate(email);
			case 'newId': return people.newId(email, act.oldAnswers);
			case 'successor':
				people.leave(email);
				return people.join(email, act.role);
			case 'bequeath':
				people.leave(email);
				return people.address(generatedPerson(placeInTeam(act.to)).email, email);
			case 'resend':
				people.invite(email, act.role);
				return act.instead ? people.revoke(email) : undefined;
			case 'withdraw': return pendingInvitations(this.#business(businessId)).filter((invitation) => sameAddress(invitation.email, email)).forEach(() => people.revoke(email));
			case 'accept': return people.accept(email);
			case 'address':
				people.address(email, act.email);
				subject.email = act.email;
				return;
			case 'role': return await this.#changeRole(subject, act, people);
			case 'invite': return await this.#invite(subject, act, people);
			case 'inviteAgain': return void (await this.#ask('create', subject, { role: act.role, way: 'businessInvitations' }));
			case 'onboard': return await this.#onboard(subject, act);
			case 'revoke':
				if (act.by === 'people') return people.revoke(email);
				if (act.by === 'package') return void (await this.#ask('revoke', subject));
				return await this.#other.revoke(businessId, email);
			case 'leave': return await this.#leave(subject, act, people);
		}
	}

	async #changeRole(subject: Subject, { by, role }: Act & { kind: 'role' }, people: People): Promise<void> {
		const { businessId, email } = subject;
		if (by === 'people') return people.role(email, role);
		if (by === 'other program') return await this.#other.changeRole(businessId, email, role);
		const asked = this.#ask('updateRole', subject, { role });
		if (by === 'both at once') await this.#beside(async () => await this.#other.changeRole(businessId, email, 'business_employee'));
		await asked;
	}

	async #invite(subject: Subject, { by, role, way }: Act & { kind: 'invite' }, people: People): Promise<void> {
		if (by === 'people') return people.invite(subject.email, role);
		if (by === 'other program') return await this.#other.invite(subject.businessId, subject.email, role);
		await this.#ask('create', subject, { role, way });
	}

	async #onboard(subject: Subject, { role, runs, besideOther }: Act & { kind: 'onboard' }): Promise<void> {
		const asked = Array.from({ length: runs }, async () => await this.#ask('onboard', subject, { role }));
		if (runs > 1) this.twoWriters += 1;
		if (besideOther) await this.#beside(async () => await this.#other.invite(subject.businessId, subject.email, role));
		const answers = await Promise.all(asked);
		if (!answers.every(isSure)) await this.#onboardAgain(subject, role);
	}

	/** After an error or an unclear result, the caller runs it again, as the answer says. */
	async #onboardAgain(subject: Subject, role: string): Promise<void> {
		for (let run = 0; run < MOST_RUNS; run++) {
			await sleep(BETWEEN_RUNS_MS);
			if (isSure(await this.#ask('onboard', subject, { role }))) return;
		}
	}

	async #leave(subject: Subject, { by, way }: Act & { kind: 'leave' }, people: People): Promise<void> {
		const { businessId, email } = subject;
		if (by === 'people') return people.leave(email);
		if (by === 'other program') return await this.#other.remove(businessId, email);
		const asked = this.#ask(way, subject);
		if (by === 'both at once') await this.#beside(async () => await this.#other.remove(businessId, email));
		await asked;
	}

	async #beside(work: () => Promise<void>): Promise<void> {
		this.twoWriters += 1;
		await sleep(30);
		await work();
	}

	/** Runs an action of the package, and keeps its result. */
	async #ask(kind: ActionName & ActionKind, { businessId, email }: Subject, more: { role?: string; way?: string } = {}): Promise<Json[] | undefined> {
		const startedAt = Date.now();
		const { items, details } = await this.#stage.act(kind, { businessId, email, ...more });
		const reports = kind === 'offboard' ? (items ?? details) : [];
		this.actions.push({ kind, businessId, email, role: more.role, startedAt, endedAt: Date.now(), items, reports, grant: this.#stage.grantOf(kind) });
		return items;
	}

	async #attempt({ kind, business }: Attempt): Promise<void> {
		const { email } = this.#stage.world.sandbox.parts.world.owner;
		await this.#ask(kind, { businessId: BUSINESSES[business]?.id ?? 0, email }, { role: 'business_employee' });
	}

	async #read({ what, business }: Read): Promise<void> {
		const { id = 0 } = BUSINESSES[business] ?? {};
		if (what === 'staff') return void (await this.#stage.act('staff', { account: `soak${id}` }));
		if (what === 'businesses' || what === 'review') return void (await this.#stage.act(what, { businessId: id }));
		if (what === 'invitations') return await this.#list('invitations', id, { businessId: id }, 'invitations');
		const source = { 'team members': 'teamMembers', 'business members': 'businessMembers', 'business group': 'businessGroup' }[what];
		await this.#list('teamMembers', id, { businessId: id, source }, what === 'business group' ? 'group' : 'people');
	}

	async #list(action: ActionName, businessId: number, body: Json, list: Action['list']): Promise<void> {
		const startedAt = Date.now();
		const { items } = await this.#stage.act(action, body);
		this.actions.push({ kind: 'list', businessId, email: '', startedAt, endedAt: Date.now(), items, reports: [], grant: this.#stage.grantOf(action), list });
	}
}
