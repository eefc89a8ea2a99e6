/** One of n8n's ways to run a polling trigger. */
export interface Engine {
	/** Short, for folder names. */
	readonly key: string;
	readonly name: string;
	readonly env: Record<string, string>;
	/**
	 * Whether n8n keeps the baseline that the poll of the publication takes. With durable cursors it keeps
	 * only what a scheduled poll leaves behind.
	 */
	readonly keepsFirstBaseline: boolean;
	/**
	 * Whether n8n may hand a poll the state it read before the poll just ahead has stored its own: when polls
	 * come in a burst, a change can then come out twice, with one event id.
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
