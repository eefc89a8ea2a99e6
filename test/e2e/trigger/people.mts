import { findInvitation, findMember } from '../../../sandbox/freshbooks/businesses.mts';
import type { Business, Invitation, Member } from '../../../sandbox/freshbooks/types.mts';
import type { MemberChanges, World } from '../../../sandbox/freshbooks/world.mts';

/**
 * Changes the people of one business in the sandbox's own process, so it also works while the sandbox refuses connections. Every
 * change is in the sandbox's history.
 */
export class People {
	readonly #world: World;
	readonly #businessId: number;

	constructor(world: World, businessId: number) {
		this.#world = world;
		this.#businessId = businessId;
	}

	get #business(): Business {
		const business = this.#world.businesses.get(this.#businessId);
		if (!business) throw new Error(`The sandbox has no business ${this.#businessId}.`);
		return business;
	}

	/** Everyone, in FreshBooks' order. */
	get all(): readonly Member[] {
		return this.#business.members;
	}

	get count(): number {
		return this.#business.members.length;
	}

	#member(email: string): Member {
		const member = findMember(this.#business, email);
		if (!member) throw new Error(`Business ${this.#businessId} has no member ${email}.`);
		return member;
	}

	#invitation(email: string): Invitation {
		const invitation = findInvitation(this.#business, email);
		if (!invitation) throw new Error(`Business ${this.#businessId} has no invitation for ${email}.`);
		return invitation;
	}

	#change(email: string, changes: MemberChanges): void {
		this.#world.changeMember(this.#business, this.#member(email), changes, 'control');
	}

	/** A new person, who has joined. */
	join(email: string, role = 'business_employee'): void {
		const [first = '', last = ''] = (email.split('@')[0] ?? '').split('.');
		const now = new Date(this.#world.now()).toISOString().replace(/\.\d+Z$/, 'Z');
		const identityId = this.#world.newIdentityId();
		const person = { email, role, firstName: first, lastName: last, identityId, invitationDateAccepted: now };
		this.#world.addMember(this.#business, person, 'control');
	}

	leave(email: string): void {
		this.#world.removeMember(this.#business, this.#member(email), 'control');
	}

	role(email: string, role: string): void {
		this.#change(email, { role });
	}

	deactivate(email: string): void {
		this.#change(email, { active: false });
	}

	reactivate(email: string): void {
		this.#change(email, { active: true });
	}

	address(email: string, newEmail: string): void {
		this.#change(email, { email: newEmail });
	}

	rename(email: string, lastName: string): void {
		this.#change(email, { lastName });
	}

	/** Gives a person another UUID. With `oldAnswers` FreshBooks still answers requests for the old one, until they leave. */
	newId(email: string, oldAnswers = false): void {
		this.#world.changeUuid(this.#business, this.#member(email), 'control', undefined, oldAnswers);
	}

	invite(email: string, role = 'business_employee'): void {
		this.#world.invite(this.#business, { email, role }, 'control');
	}

	accept(email: string): void {
		this.#world.accept(this.#business, this.#invitation(email), {}, 'control');
	}

	revoke(email: string): void {
		this.#world.revoke(this.#business, this.#invitation(email), 'control');
	}
}
