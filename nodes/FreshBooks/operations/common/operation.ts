import type { IDataObject, INodeProperties } from 'n8n-workflow';

import type { Parameters } from './parameters';
import type { Session } from '../../people/session';

/** One operation: how the editor shows it, how its parameters are read, and what it does. */
export interface Operation<Input> {
	/** The operation's own parameters, shown for its resource and operation only. */
	description: INodeProperties[];
	/** Reads and checks one item's parameters; throws NodeOperationError. Sends nothing. */
	read(parameters: Parameters): Input;
	/**
	 * Who or what the item is about. Items with the same text are worked on one after another, all others at the same time.
	 * Operations without it take one item at a time.
	 */
	about?(input: Input): string;
	/** Does the work and answers the output objects. Throws FreshBooksError. */
	execute(session: Session, input: Input): Promise<IDataObject[]>;
}

/** An output object, and where it belongs. */
export interface OutputRow {
	json: IDataObject;
	/** Which of the node's outputs; the first unless told. */
	output?: number;
	/** Which input item it came from; the one that was worked on unless told. */
	item?: number;
}

/** An operation with its input type closed over, as the router holds it. */
export interface RunnableOperation {
	description: INodeProperties[];
	/** How many of the node's outputs it fills; one unless told. */
	outputs?: number;
	/** True when the first item's work is about all input items at once. */
	takesAllItems?(parameters: Parameters): boolean;
	/** Reads the parameters at once; the returned work is done later. */
	prepare(parameters: Parameters): { about: string | undefined; run: (session: Session) => Promise<OutputRow[]> };
}

/** Closes over an operation's input type. */
export function operation<Input>(definition: Operation<Input>): RunnableOperation {
	return {
		description: definition.description,
		prepare(parameters) {
			const input = definition.read(parameters);
			const run = async (session: Session) => (await definition.execute(session, input)).map((json) => ({ json }));
			return { about: definition.about?.(input), run };
		},
	};
}
