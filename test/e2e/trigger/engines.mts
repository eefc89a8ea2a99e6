/** One of n8n's ways to run a polling trigger. */
export interface Engine {
	/** A short name, for folders. */
	readonly key: string;
	readonly name: string;
	readonly env: Record<string, string>;
	/**
	 * Whether n8n stores the baseline of the activation poll. With durable cursors it stores only the state of scheduled polls.
	 */
	readonly keepsFirstBaseline: boolean;
	/**
	 * Whether n8n may pass a poll the state from before the previous poll stored its own. In a burst of polls, a change can then be
	 * emitted twice, with one event ID.
	 */
	readonly mayRepeat: boolean;
}

const SCHEDULER = { N8N_SCHEDULER_ENABLED: 'true', N8N_SCHEDULER_POLL_TRIGGERS_ENABLED: 'true' };

export const ENGINES: readonly Engine[] = [
	{ key: 'memory', name: 'in-memory (default)', env: {}, keepsFirstBaseline: true, mayRepeat: false },
	{ key: 'scheduler', name: 'durable scheduler', env: SCHEDULER, keepsFirstBaseline: true, mayRepeat: true },
	{
		key: 'cursors',
		name: 'durable cursors',
		env: { ...SCHEDULER, N8N_POLLER_DURABLE_CURSORS_ENABLED: 'true' },
		keepsFirstBaseline: false,
		mayRepeat: true,
	},
];
