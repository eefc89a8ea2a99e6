import type { HTTPMethods } from 'fastify';

export interface ControlCall { params: Record<string, string>; query: Record<string, string>; body: Record<string, unknown> }

/** One route of the control API, under `/sandbox`. The answer is the JSON of what `run` returns. */
export interface ControlRoute {
	method: HTTPMethods;
	path: string;
	/** Answer 201 instead of 200. */
	created?: boolean;
	run: (call: ControlCall) => unknown;
}

/** A refusal of the control API with its status. */
export class ControlError extends Error {
	readonly status: number;

	constructor(status: number, message: string) {
		super(message);
		this.status = status;
	}
}
