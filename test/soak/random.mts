import { seededRandom } from '../../sandbox/freshbooks/values.mts';

/** FNV-1a, 32 bits: turns names and numbers into one seed. */
function hash(text: string): number {
	let value = 0x811c9dc5;
	for (const byte of Buffer.from(text)) value = Math.imul(value ^ byte, 0x01000193) >>> 0;
	return value;
}

/** Random draws from a seed and a purpose: the same seed and purpose give the same draws. */
export class Chance {
	readonly #next: () => number;

	constructor(seed: number, purpose: string) {
		this.#next = seededRandom(hash(`${seed} ${purpose}`));
	}

	/** True with this probability. */
	happens(probability: number): boolean {
		return this.#next() < probability;
	}

	/** A whole number from `from` to `to`, both included. */
	between(from: number, to: number): number {
		return from + Math.floor(this.#next() * (to - from + 1));
	}

	/** One of them. Throws for an empty list. */
	of<Item>(items: readonly Item[]): Item {
		const item = items[this.between(0, items.length - 1)];
		if (item === undefined) throw new Error('There is nothing to choose from.');
		return item;
	}

	/** The same items in another order. */
	shuffled<Item>(items: readonly Item[]): Item[] {
		const left = [...items];
		return items.map(() => left.splice(this.between(0, left.length - 1), 1)[0] as Item);
	}
}
