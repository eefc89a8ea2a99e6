import type { Answer } from './answers.mts';
import { escapeHtml } from './html.mts';
import type { Owner } from './types.mts';

const STYLE = `:root{color-scheme:light dark;--ink:#1d2733;--soft:#5b6875;--paper:#f4f6f8;--card:#fff;--line:#dde3e9;--accent:#0b6e4f;--on:#fff}
@media(prefers-color-scheme:dark){:root{--ink:#e6ebf0;--soft:#9aa8b5;--paper:#12171d;--card:#1b222b;--line:#2c3641;--accent:#4cc79a;--on:#0d1512}}
body{margin:0;min-height:100vh;display:grid;place-items:center;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
main{max-width:26rem;margin:1rem;padding:2rem;background:var(--card);border:1px solid var(--line);border-radius:12px}
h1{font-size:1.25rem;margin:0 0 .5rem}p{color:var(--soft);margin:.25rem 0 1rem}li{font-family:ui-monospace,monospace;font-size:.9rem}
form{display:flex;gap:.75rem;margin-top:1.5rem}button{flex:1;padding:.65rem;border-radius:8px;border:1px solid var(--line);background:none;color:inherit;font:inherit;cursor:pointer}
button[value=allow]{background:var(--accent);border-color:var(--accent);color:var(--on);font-weight:600}small{color:var(--soft)}`;

function page(status: number, title: string, content: string): Answer {
	const head = `<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)}</title><style>${STYLE}</style>`;
	return { status, text: `<!doctype html><html lang="en"><head>${head}</head><body><main>${content}</main></body></html>` };
}

/** Asks the connected user to allow or deny the scopes that the app requests. */
export function consentPage(owner: Owner, scope: string, query: Record<string, unknown>): Answer {
	const kept = ['client_id', 'response_type', 'redirect_uri', 'scope', 'state', 'code_challenge', 'code_challenge_method'].filter((name) => typeof query[name] === 'string');
	const hidden = kept.map((name) => `<input type="hidden" name="${name}" value="${escapeHtml(query[name])}">`).join('');
	const scopes = scope.split(' ').map((name) => `<li>${escapeHtml(name)}</li>`).join('');
	return page(200, 'Allow access?', `<h1>Allow this app to use your FreshBooks sandbox?</h1>
<p>Signed in as ${escapeHtml(`${owner.firstName} ${owner.lastName}`)} (${escapeHtml(owner.email)})</p><p>It asks for:</p><ul>${scopes}</ul>
<form method="post">${hidden}<button name="decision" value="deny">Deny</button><button name="decision" value="allow">Allow</button></form>
<p><small>This is a sandbox on your machine, not FreshBooks.</small></p>`);
}

/** A page that says why there is no consent page. */
export function refusalPage(status: number, title: string, reason: string): Answer {
	return page(status, title, `<h1>${escapeHtml(title)}</h1><p>${escapeHtml(reason)}</p>`);
}
