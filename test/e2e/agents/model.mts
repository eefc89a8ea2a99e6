import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Json } from '../support.mts';

interface Message {
	readonly role: string;
	readonly content: string;
}

/** The parts of n8n's request to a model that the tests use. */
interface Question {
	readonly messages: Message[];
	readonly tools?: Array<{ function: { name: string; description: string } }>;
}

async function bodyOf(request: IncomingMessage): Promise<Question> {
	const parts: Buffer[] = [];
	for await (const part of request) parts.push(part as Buffer);
	return JSON.parse(Buffer.concat(parts).toString('utf8')) as Question;
}

function reply(message: Json): string {
	const finish = 'tool_calls' in message ? 'tool_calls' : 'stop';
	const choice = { index: 0, message: { role: 'assistant', content: null, ...message }, finish_reason: finish };
	const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
	return JSON.stringify({ id: 'reply', object: 'chat.completion', created: 1, model: 'stand-in', choices: [choice], usage });
}

/**
 * A fake language model with OpenAI's chat completions API on 127.0.0.1. It calls the given tool once and records the result.
 */
export class Model {
	readonly questions: Question[] = [];
	#call: { name: string; args: Json } = { name: '', args: {} };
	readonly #server: Server;

	private constructor() {
		this.#server = createServer((request, answer) => {
			void bodyOf(request).then((question) => {
				this.questions.push(question);
				answer.writeHead(200, { 'content-type': 'application/json' });
				answer.end(this.#answerTo(question));
			});
		});
	}

	static async open(): Promise<Model> {
		const model = new Model();
		model.#server.listen(0, '127.0.0.1');
		await once(model.#server, 'listening');
		return model;
	}

	get url(): string {
		return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
	}

	/** Answers the next request with this call. */
	willCall(name: string, args: Json): void {
		this.#call = { name, args };
		this.questions.splice(0);
	}

	/** The result that the model received for its call. */
	get given(): string {
		return this.questions.at(-1)?.messages.findLast(({ role }) => role === 'tool')?.content ?? '';
	}

	#answerTo({ messages }: Question): string {
		if (messages.some(({ role }) => role === 'tool')) return reply({ content: 'Done.' });
		const { name, args } = this.#call;
		return reply({ tool_calls: [{ id: 'call_1', type: 'function', function: { name, arguments: JSON.stringify(args) } }] });
	}

	close(): void {
		this.#server.close();
	}
}
