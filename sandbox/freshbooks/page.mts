import type { FastifyInstance } from 'fastify';

import type { Parts } from './gate.mts';
import { activity, connection, teams } from './pageParts.mts';
import { PAGE_SCRIPT, PAGE_STYLE } from './pageAssets.mts';

/** The page at `/` where a person changes the team by hand and watches what calls the API. */
export function publishPage(app: FastifyInstance, parts: Parts): void {
	const html = (path: string, content: (host: string) => string) =>
		app.get(path, ({ host }, reply) => reply.type('text/html; charset=utf-8').header('cache-control', 'no-store').send(content(host)));
	html('/', (host) => shell(parts, host));
	html('/sandbox/page/teams', () => teams(parts.world));
	html('/sandbox/page/activity', () => activity(parts));
	app.get('/favicon.ico', (_request, reply) => reply.code(204).send());
}

function shell(parts: Parts, host: string): string {
	return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>FreshBooks sandbox</title><style>${PAGE_STYLE}</style></head>
<body><header><h1>FreshBooks sandbox</h1><p>A local stand-in. Change the team here and watch your workflow react.</p></header>
<div class="columns"><div>${connection(parts.oauth, `http://${host}`)}<main id="teams">${teams(parts.world)}</main></div><aside id="activity">${activity(parts)}</aside></div>
<div id="notice" role="status" hidden></div><script>${PAGE_SCRIPT}</script></body></html>`;
}
