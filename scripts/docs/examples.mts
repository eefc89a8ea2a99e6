import { actionExamples } from './actions.mts';
import { eventExamples } from './events.mts';
import { Scene } from './scene.mts';
import { scimExamples } from './scim.mts';

/** Every example of the documentation, by name; the same in every run. */
export async function examplesOf(scene: Scene): Promise<Record<string, unknown>> {
	return { ...(await actionExamples(scene)), ...(await eventExamples(scene)), ...(await scimExamples(scene)) };
}

/** Opens a scene, runs the nodes for every example, and closes it. */
export async function recordExamples(log: (line: string) => void): Promise<Record<string, unknown>> {
	const scene = await Scene.open(log);
	return await examplesOf(scene).finally(async () => await scene.close());
}
