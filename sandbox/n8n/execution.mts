import { parse } from 'flatted';

/** An item of a node's output. */
export interface Item {
	json: Record<string, unknown>;
	pairedItem?: unknown;
}

/** An error as n8n keeps it with an execution. */
export interface ExecutionError {
	message: string;
	description?: string | null;
	name?: string;
	httpCode?: string | null;
	context?: Record<string, unknown>;
	[field: string]: unknown;
}

/** One run of one node. */
export interface NodeRun {
	executionStatus: string;
	executionTime: number;
	error?: ExecutionError;
	data?: { main?: Array<Item[] | null> };
}

/** An execution as the REST API gives it: its data is flatted JSON. */
export interface StoredExecution {
	id: string;
	status: string;
	mode: string;
	data: string;
}

/** An execution that has ended. */
export interface Execution {
	readonly id: string;
	readonly status: string;
	readonly mode: string;
	readonly error?: ExecutionError;
	readonly runData: Record<string, NodeRun[]>;
	/** The JSON of every item of a node's last run: of its first output by default. */
	items(node: string, output?: number): Array<Record<string, unknown>>;
}

interface ResultData {
	resultData?: { error?: ExecutionError; runData?: Record<string, NodeRun[]> };
}

/** Reads an execution's data. */
export function readExecution({ id, status, mode, data }: StoredExecution): Execution {
	const { resultData } = parse(data) as ResultData;
	const runData = resultData?.runData ?? {};
	return {
		id,
		status,
		mode,
		error: resultData?.error,
		runData,
		items: (node, output = 0) =>
			(runData[node]?.at(-1)?.data?.main?.[output] ?? []).map((item) => item.json),
	};
}
