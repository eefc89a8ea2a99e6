import { StandInServer, type Asked } from './standInServer.mts';
import type { Json } from '../support.mts';

/** An address on 127.0.0.1 that takes SCIM users as an identity graph does, and keeps what it took. */
export class IdentityGraph {
	/** The requests it took: the users of each. */
	readonly taken: Json[][] = [];
	/** Takes nothing. */
	refuses = false;
	#server!: StandInServer;

	static async open(): Promise<IdentityGraph> {
		const graph = new IdentityGraph();
		graph.#server = await StandInServer.open(({ body }) => {
			if (graph.refuses) return { status: 503, body: { status: '503', detail: 'Ingestion is paused' } };
			graph.taken.push((JSON.parse(body) as { Resources: Json[] }).Resources);
			return { status: 202, body: { accepted: true } };
		});
		return graph;
	}

	get url(): string {
		return this.#server.url;
	}

	get asked(): Asked[] {
		return this.#server.asked;
	}

	reset(): void {
		this.refuses = false;
		this.taken.splice(0);
		this.asked.splice(0);
	}

	close(): void {
		this.#server.close();
	}
}
