// A sandbox with fixed people at a fixed time, on which the nodes run for the examples of the documentation.
import { mock } from 'node:test';
import axios from 'axios';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { Host, type ScimService } from '../../bench/lib/host.mts';
import { clearStage, prepareStage, type SandboxAddress, type Stage } from '../../bench/lib/stage.mts';
import { startSandbox, type Sandbox } from '../../sandbox/freshbooks/server.mts';

const START = Date.UTC(2026, 10, 21, 10, 14, 0);
const MINUTE_MS = 60_000;

/** The parts of an error that n8n shows. */
export interface ShownError {
	readonly message: string;
	readonly description: string;
}

export interface RunSettings {
	items?: IDataObject[];
	/** "On Error: Continue" in the node's settings. */
	continueOnFail?: boolean;
}

/** A published trigger. The first poll takes the baseline. */
export interface Trigger {
	/** One poll, a minute after the one before; the json of its items. */
	poll(): Promise<IDataObject[]>;
}

/** What a promise rejects with, as n8n shows it; throws when it does not reject. */
export async function shownErrorOf(work: Promise<unknown>): Promise<ShownError> {
	const error = await work.then(
		() => undefined,
		(reason: unknown) => reason as { message: string; description?: string | null },
	);
	if (!error) throw new Error('Nothing was thrown.');
	return { message: error.message, description: error.description ?? '' };
}

/** The packed nodes, a sandbox, and a clock that only a poll moves. One at a time in a process. */
export class Scene {
	private readonly stage: Stage;

	private readonly host: Host;

	private readonly sandbox: Sandbox;

	private address: SandboxAddress;

	private triggers = 0;

	private constructor(stage: Stage, sandbox: Sandbox) {
		this.stage = stage;
		this.sandbox = sandbox;
		this.host = new Host(stage);
		this.address = { url: sandbox.url, token: '' };
	}

	/** Packs the package if its sources changed, and starts everything. `close` stops it. */
	static async open(log: (line: string) => void): Promise<Scene> {
		const stage = await prepareStage(log);
		// n8n-core writes its settings file there, and logs errors only.
		Object.assign(process.env, { N8N_USER_FOLDER: stage.folder, N8N_LOG_LEVEL: 'error' });
		mock.timers.enable({ apis: ['Date'], now: START });
		return new Scene(stage, await startSandbox());
	}

	async close(): Promise<void> {
		await this.sandbox.close();
		mock.timers.reset();
		await clearStage(this.stage);
	}

	/** Goes back to the people, the settings and the time of the start, with a new token. */
	async begin(scope?: string): Promise<void> {
		mock.timers.setTime(START);
		await this.control('POST', '/reset');
		this.address = { url: this.sandbox.url, token: String(this.sandbox.grant(scope).access_token) };
	}

	/** The sandbox's control API. */
	async control<Answer>(method: string, route: string, data?: unknown): Promise<Answer> {
		return (await axios.request<Answer>({ method, url: `${this.sandbox.url}/sandbox${route}`, data })).data;
	}

	/** Runs the action node; the json of the items of each output. */
	async run(parameters: INodeParameters, settings: RunSettings = {}): Promise<IDataObject[][]> {
		const outputs = await this.host.outputs(parameters, this.address, settings);
		return outputs.map((items) => items.map(({ json }) => json));
	}

	/** A SCIM trigger of its own. */
	scimService(parameters: INodeParameters): ScimService {
		return this.host.scimService(this.address, parameters);
	}

	/** A trigger with a state of its own. */
	trigger(parameters: INodeParameters): Trigger {
		const context = this.host.pollContext(this.address, {}, { parameters, nodeName: `trigger-${++this.triggers}` });
		return {
			poll: async () => {
				const output = await this.host.trigger.poll?.call(context);
				mock.timers.setTime(Date.now() + MINUTE_MS);
				return (output?.[0] ?? []).map(({ json }) => json);
			},
		};
	}

	/** The parameters of the nodes, as the editor reads them. */
	descriptions() {
		return { action: this.host.freshBooks.description, trigger: this.host.trigger.description };
	}
}
