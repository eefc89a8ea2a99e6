import type { FastifyInstance } from 'fastify';

import type { Parts } from './gate.mts';
import { escapeHtml } from './html.mts';
import { PAGE_SCRIPT, PAGE_STYLE } from './pageAssets.mts';
import { changes } from './pageChanges.mts';
import { actionButton, connection, requests, teams } from './pageParts.mts';

/** The page at `/` where a person changes the teams by hand and watches what calls the API. `n8nUrl`: the n8n that was started with the sandbox. */
export function publishPage(app: FastifyInstance, parts: Parts, n8nUrl?: string): void {
	const html = (path: string, content: (host: string) => string) =>
		app.get(path, ({ host }, reply) => reply.type('text/html; charset=utf-8').header('cache-control', 'no-store').send(content(host)));
	html('/', (host) => shell(parts, host, n8nUrl));
	html('/sandbox/page/teams', () => teams(parts.world));
	html('/sandbox/page/activity', () => activity(parts));
	app.get('/favicon.ico', (_request, reply) => reply.code(204).send());
}

function activity({ world, log }: Parts): string {
	return changes(world) + requests(log);
}

function shell(parts: Parts, host: string, n8nUrl: string | undefined): string {
	const link = n8nUrl === undefined ? '' : ` <a href="${escapeHtml(n8nUrl)}/home/workflows" target="_blank" rel="noopener">Open n8n</a>`;
	const reset = actionButton({
		label: 'Reset', method: 'POST', path: '/sandbox/reset', style: 'danger', done: 'The sandbox was reset.',
		confirm: 'Reset the sandbox?', consequence: 'People, businesses and settings go back to what they were at the start. Faults and both logs are cleared. Credentials stay connected. A published trigger reports the differences as changes.',
	});
	return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>FreshBooks sandbox</title><style>${PAGE_STYLE}</style></head>
<body><header><div><h1>FreshBooks sandbox</h1><p>A local replacement for FreshBooks. Nothing here reaches FreshBooks, and no email is sent.</p>
<p>Change the teams below. Published workflows notice a change within a minute.${link}</p></div>${reset}</header>
<div class="columns"><div>${connection(parts.oauth, `http://${host}`)}<main id="teams">${teams(parts.world)}</main></div><aside id="activity" aria-label="Activity">${activity(parts)}</aside></div>
<dialog id="confirm" aria-labelledby="question" aria-describedby="consequence"><form method="dialog"><h2 id="question"></h2><p id="consequence"></p>
<p class="actions"><button value="" autofocus>Cancel</button><button value="yes" id="confirmed" class="danger"></button></p></form></dialog>
<div id="notice" role="status"></div><script>${PAGE_SCRIPT}</script></body></html>`;
}
