import type { IDataObject, INodeProperties } from 'n8n-workflow';

import type { Parameters } from './parameters';
import type { Session } from '../../people/session';

/** One operation: how the editor shows it, how its parameters are read, and what it does. */
export interface Operation<Input> {
	/** The operation's own parameters, shown for its resource and operation only. */
	description: INodeProperties[];
	/** It may change something. */
	writes?: true;
	/** Reads and checks one item's parameters; throws NodeOperationError. Sends nothing. */
	read(parameters: Parameters): Input;
	/**
	 * Names the person or record that an item works on. Items with the same key run one after another, all others at the same
	 * time. Operations without it run one item at a time.
	 */
	serialKey?(input: Input): string;
	/** Does the work and returns the output objects. Throws FreshBooksError. */
	execute(session: Session, input: Input): Promise<IDataObject[]>;
}

/** An output object, and where it belongs. */
export interface OutputRow {
	json: IDataObject;
	/** Which of the node's outputs; the first by default. */
	output?: number;
	/** Which input item it came from; by default the current one. */
	item?: number;
}

/** An operation without its input type, as the router uses it. */
export interface RunnableOperation {
	description: INodeProperties[];
	writes?: true;
	/** How many of the node's outputs it fills; one by default. */
	outputs?: number;
	/** True if one run of the operation takes all input items. */
	takesAllItems?(parameters: Parameters): boolean;
	/** Reads the parameters at once; the returned work is done later. */
	prepare(parameters: Parameters): { serialKey: string | undefined; run: (session: Session) => Promise<OutputRow[]> };
}

/** Converts an operation to the form that the router uses. */
export function operation<Input>(definition: Operation<Input>): RunnableOperation {
	return {
		description: definition.description,
		writes: definition.writes,
		prepare(parameters) {
			const input = definition.read(parameters);
			parameters.checkCollections();
			const run = async (session: Session) => (await definition.execute(session, input)).map((json) => ({ json }));
			return { serialKey: definition.serialKey?.(input), run };
		},
	};
}
