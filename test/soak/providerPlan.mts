// Which people an identity provider assigns, changes and deactivates, and when: pure, from the seed.
import { generatedPerson } from '../../sandbox/freshbooks/people.mts';
import { PROVISIONED, placeInTeam } from './plan.mts';
import { Chance } from './random.mts';

export type ProviderAct =
	/** Creates the person, or activates them again. */
	| { readonly kind: 'assign' }
	| { readonly kind: 'role'; readonly role: string }
	/** Names; FreshBooks keeps its own. */
	| { readonly kind: 'rename'; readonly familyName: string }
	/** Sets `active` to false, or deletes the user. */
	| { readonly kind: 'unassign'; readonly byDelete: boolean }
	/** The person accepts the invitation, if they have one. */
	| { readonly kind: 'accept' };

/** The steps of a provider about one person, in order. */
export interface ProviderLife {
	readonly startsAtMs: number;
	readonly email: string;
	readonly steps: ReadonlyArray<{ readonly afterMs: number; readonly act: ProviderAct }>;
}

const ROLES = ['Employee', 'Manager', 'Contractor', 'business_accountant'];
const NAMES = ['Aalto', 'Brook', 'Castle', 'Drummond', 'Ebner'];

/** The steps of a campaign. The same seed and length give the same ones. */
export function providerLivesOf(seed: number, endMs: number): ProviderLife[] {
	const chance = new Chance(seed, 'identity provider');
	const veterans = chance.shuffled(Array.from({ length: PROVISIONED.people }, (_, place) => generatedPerson(placeInTeam(place)))).filter(({ identityId }) => identityId !== null);
	const lives: ProviderLife[] = [];
	for (let at = 1_000; at < endMs - 20_000; at += chance.between(2_500, 6_000)) {
		// Half of the people at the start stay unchanged.
		const veteran = lives.length % 4 === 3 && veterans.length > PROVISIONED.people / 2 ? veterans.pop() : undefined;
		const email = veteran?.email ?? `provided.${lives.length}@soak.example`;
		const acts = [...(veteran ? [] : joining(chance)), ...changing(chance), ...leaving(chance)];
		lives.push({ startsAtMs: at, email, steps: acts.map((act) => ({ afterMs: chance.between(300, 5_000), act })) });
	}
	return lives;
}

function joining(chance: Chance): ProviderAct[] {
	return [{ kind: 'assign' }, ...(chance.happens(0.7) ? [{ kind: 'accept' } as const] : [])];
}

function changing(chance: Chance): ProviderAct[] {
	const changes: ProviderAct[] = [{ kind: 'role', role: chance.of(ROLES) }, { kind: 'rename', familyName: chance.of(NAMES) }, { kind: 'assign' }];
	return chance.shuffled(changes).slice(0, chance.between(0, 2));
}

function leaving(chance: Chance): ProviderAct[] {
	if (chance.happens(0.25)) return [];
	const out = (): ProviderAct => ({ kind: 'unassign', byDelete: chance.happens(0.3) });
	return chance.happens(0.35) ? [out(), ...joining(chance), ...(chance.happens(0.5) ? [out()] : [])] : [out()];
}
