/** Style of the page at `/`, for light and dark. */
export const PAGE_STYLE = `
:root{color-scheme:light dark;--ink:#1d2733;--soft:#5b6875;--paper:#f4f6f8;--card:#fff;--line:#dfe5ea;--accent:#0b6e4f;--tint:#e2f3ec;--warn:#8a5a00;--warntint:#fdf1d8;--bad:#b3261e}
@media(prefers-color-scheme:dark){:root{--ink:#e6ebf0;--soft:#9aa8b5;--paper:#12171d;--card:#1b222b;--line:#2c3641;--accent:#5fd0a6;--tint:#17382d;--warn:#f0c777;--warntint:#3a2f17;--bad:#ff8a80}}
*{box-sizing:border-box}body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
header{padding:1.5rem 2rem .5rem}h1{font-size:1.4rem;margin:0}header p{margin:.1rem 0;color:var(--soft)}
.columns{display:grid;grid-template-columns:minmax(0,3fr) minmax(18rem,2fr);gap:1.25rem;padding:1rem 2rem 3rem;align-items:start}
code{overflow-wrap:anywhere;font-size:.8rem}#connect th{white-space:nowrap;border-top:1px solid var(--line)}
details,aside{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:1rem 1.25rem;margin-bottom:1rem}
aside{position:sticky;top:1rem;max-height:calc(100vh - 2rem);overflow:auto}
summary{display:flex;gap:.6rem;align-items:baseline;cursor:pointer;list-style:none}summary::before{content:'▸';color:var(--soft)}details[open]>summary::before{content:'▾'}
.count{margin-left:auto;color:var(--soft)}.soft{color:var(--soft);font-size:.87rem}
table{width:100%;border-collapse:collapse}th{text-align:left;font-size:.8rem;font-weight:600;color:var(--soft);padding:.35rem .4rem}
td{border-top:1px solid var(--line);padding:.45rem .4rem;vertical-align:middle}td .name{display:block}td .soft{overflow-wrap:anywhere}tr.off .name{color:var(--soft)}
.actions{text-align:right;white-space:nowrap}.hidden{position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden}
.pill{display:inline-block;padding:.05rem .55rem;border-radius:99px;font-size:.8rem;background:var(--line);color:var(--soft)}.pill.on{background:var(--tint);color:var(--accent)}.pill.wait{background:var(--warntint);color:var(--warn)}
button,select,input{font:inherit;font-size:.87rem;color:inherit;background:transparent;border:1px solid var(--line);border-radius:7px;padding:.28rem .6rem}select,input{background:var(--card)}
button{cursor:pointer;margin-left:.35rem}button:hover{border-color:var(--soft)}button.danger{color:var(--bad)}button.good{color:var(--accent)}
:focus-visible{outline:2px solid var(--accent);outline-offset:1px}
.forms{display:grid;gap:.5rem;margin-top:1rem;border-top:1px solid var(--line);padding-top:.9rem}form{display:flex;flex-wrap:wrap;gap:.4rem}form button{margin:0}form input{flex:1 1 8rem;min-width:0}
h2{font-size:.95rem;margin:.2rem 0 .4rem}ol{list-style:none;margin:0 0 1.1rem;padding:0}li{padding:.15rem 0;overflow-wrap:anywhere;font-size:.87rem}.log li{font-family:ui-monospace,monospace;font-size:.78rem}
.fine{color:var(--accent)}.bad{color:var(--bad)}#notice{position:fixed;left:50%;bottom:1.5rem;translate:-50%;background:var(--ink);color:var(--paper);padding:.5rem 1rem;border-radius:8px}
@media(max-width:60rem){.columns{grid-template-columns:1fr;padding:1rem}aside{position:static;max-height:none}}`;

/** Script of the page at `/`: buttons call the control API; both columns are fetched again every two seconds. */
export const PAGE_SCRIPT = `
const teams = document.getElementById('teams'), activity = document.getElementById('activity'), notice = document.getElementById('notice');
const seen = new Map();
async function refresh(element, path, force) {
	try {
		const html = await (await fetch(path)).text();
		if (html === seen.get(path) || (!force && busy(element))) return;
		seen.set(path, html);
		const open = new Map([...element.querySelectorAll('details')].map((one) => [one.id, one.open]));
		element.innerHTML = html;
		for (const one of element.querySelectorAll('details')) if (open.has(one.id)) one.open = open.get(one.id);
	} catch { say('The sandbox does not answer.'); }
}
function busy(element) {
	const typing = [...element.querySelectorAll('input')].some((input) => input.value !== '');
	return typing || (element.contains(document.activeElement) && document.activeElement.matches('input, select'));
}
let hiding;
function say(text) { notice.textContent = text; notice.hidden = false; clearTimeout(hiding); hiding = setTimeout(() => { notice.hidden = true; }, 5000); }
async function act(method, path, body) {
	const options = body ? { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : { method };
	const answer = await fetch(path, options);
	await refreshAll(true);
	if (!answer.ok) say((await answer.json()).error);
}
function refreshAll(force) { return Promise.all([refresh(teams, '/sandbox/page/teams', force), refresh(activity, '/sandbox/page/activity', true)]); }
teams.addEventListener('click', (event) => {
	const button = event.target.closest('button[data-method]');
	if (button) { button.disabled = true; act(button.dataset.method, button.dataset.path); }
});
teams.addEventListener('change', (event) => {
	if (event.target.matches('select[data-path]')) { event.target.blur(); act('PATCH', event.target.dataset.path, { role: event.target.value }); }
});
teams.addEventListener('submit', (event) => {
	event.preventDefault();
	act('POST', event.target.dataset.path, Object.fromEntries(new FormData(event.target)));
});
setInterval(() => refreshAll(false), 2000);`;
