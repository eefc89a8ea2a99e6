import assert from 'node:assert/strict';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Tool } from '@modelcontextprotocol/sdk/types.js';
import type { Json } from '../support.mts';

/** The result of a call, as a model receives it. */
export interface Answer {
	readonly failed: boolean;
	readonly text: string;
	/** Its size in bytes of UTF-8. */
	readonly bytes: number;
}

/** A real MCP client, connected to an MCP Server Trigger over Streamable HTTP. */
export class Agent {
	readonly #client = new Client({ name: 'e2e', version: '1.0.0' });

	/** Connects. Throws the server's response if it refuses. */
	static async connect(url: string, token?: string): Promise<Agent> {
		const agent = new Agent();
		const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
		await agent.#client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }));
		return agent;
	}

	/** The server's descriptions of its tools. */
	get instructions(): string {
		return this.#client.getInstructions() ?? '';
	}

	async tools(): Promise<Tool[]> {
		return (await this.#client.listTools()).tools;
	}

	async call(name: string, args: Json = {}): Promise<Answer> {
		const { content, isError } = await this.#client.callTool({ name, arguments: args });
		assert.ok(Array.isArray(content) && content.length === 1, `${name} answered one part`);
		const [{ text }] = content as Array<{ text: string }> as [{ text: string }];
		return { failed: isError === true, text, bytes: Buffer.byteLength(text) };
	}

	/** The items of a call that succeeded. */
	async items(name: string, args: Json = {}): Promise<Json[]> {
		const { failed, text } = await this.call(name, args);
		assert.ok(!failed, text);
		return JSON.parse(text) as Json[];
	}

	/** The text of a failed call. */
	async failure(name: string, args: Json = {}): Promise<string> {
		const { failed, text } = await this.call(name, args);
		assert.ok(failed, `${name} failed: ${text}`);
		return text;
	}

	async close(): Promise<void> {
		await this.#client.close();
	}
}
