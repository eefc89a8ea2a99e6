/** Style of the page at `/`, for light and dark. */
export const PAGE_STYLE = `
:root{color-scheme:light dark;--ink:#1d2733;--soft:#566370;--paper:#f4f6f8;--card:#fff;--line:#dfe5ea;--edge:#b9c3cc;--accent:#0b6e4f;--tint:#e2f3ec;--warn:#7d5200;--warntint:#fdf1d8;--bad:#b3261e}
@media(prefers-color-scheme:dark){:root{--ink:#e6ebf0;--soft:#a3b0bc;--paper:#12171d;--card:#1b222b;--line:#2c3641;--edge:#4a5763;--accent:#5fd0a6;--tint:#17382d;--warn:#f0c777;--warntint:#3a2f17;--bad:#ff8a80}}
*{box-sizing:border-box}body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
header{display:flex;gap:1rem;align-items:start;justify-content:space-between;padding:1.5rem 2rem .5rem}h1{font-size:1.4rem;margin:0}header p{margin:.1rem 0;color:var(--soft)}a{color:var(--accent)}
.columns{display:grid;grid-template-columns:minmax(0,1fr) 23rem;gap:1.25rem;padding:1rem 2rem 4rem;align-items:start}
code{overflow-wrap:anywhere;font-size:.8rem}#connect th,td{border-top:1px solid var(--line)}
details,aside,#you{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:1rem 1.25rem;margin:0 0 1rem}
aside{position:sticky;top:1rem;max-height:calc(100vh - 2rem);overflow:auto}
summary{display:flex;gap:.6rem;align-items:baseline;cursor:pointer;list-style:none}summary::before{content:'▸';color:var(--soft)}details[open]>summary::before{content:'▾'}
.count{margin-left:auto;color:var(--soft)}.soft{color:var(--soft);font-size:.87rem}
table{width:100%;border-collapse:collapse}th{text-align:left;font-size:.8rem;font-weight:600;color:var(--soft);padding:.35rem .4rem}
td{padding:.45rem .4rem;vertical-align:middle}td .name{display:block}td .soft{overflow-wrap:anywhere}tr.off .name,tr.gone{color:var(--soft)}tr.gone .name{text-decoration:line-through}
.actions{text-align:right}td.actions{white-space:nowrap}.hidden{position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden}
.pill{display:inline-block;padding:.05rem .55rem;border-radius:99px;font-size:.8rem;white-space:nowrap;background:var(--line);color:var(--soft)}.pill.on{background:var(--tint);color:var(--accent)}.pill.wait{background:var(--warntint);color:var(--warn)}
button,select,input{font:inherit;font-size:.87rem;color:inherit;background:transparent;border:1px solid var(--edge);border-radius:7px;padding:.28rem .6rem}select,input{background:var(--card)}
button{cursor:pointer}.actions button{margin-left:.35rem}button:hover{border-color:var(--ink)}button.danger{color:var(--bad)}button.good{color:var(--accent)}button.copy{color:var(--soft);padding:.1rem .45rem;font-size:.8rem}button:disabled,select:disabled{opacity:.5;cursor:default}
:focus-visible{outline:2px solid var(--accent);outline-offset:1px}::placeholder{color:var(--soft);opacity:1}
.forms{display:grid;gap:.5rem;margin:.75rem 0}form{display:flex;flex-wrap:wrap;gap:.4rem}form input{flex:1 1 8rem;min-width:0}
h2{font-size:.95rem;margin:.2rem 0 .4rem}ol{list-style:none;margin:0 0 1.1rem;padding:0}li{padding:.15rem 0;overflow-wrap:anywhere;font-size:.87rem}.log li{font-family:ui-monospace,monospace;font-size:.78rem}
.fine{color:var(--accent)}.bad{color:var(--bad)}#notice{position:fixed;left:50%;bottom:1.5rem;translate:-50%;max-width:90vw;background:var(--ink);color:var(--paper);padding:.5rem 1rem;border-radius:8px}#notice:empty{opacity:0}
dialog{max-width:30rem;padding:1.25rem 1.5rem;background:var(--card);color:inherit;border:1px solid var(--edge);border-radius:12px}dialog::backdrop{background:#0008}dialog form{display:block}dialog p.actions{margin:0}#connect th{min-width:6.5rem}
@media(max-width:75rem){.columns{grid-template-columns:minmax(0,1fr);padding:1rem}header{padding:1rem 1rem 0}aside{position:static;max-height:none}}
@media(max-width:50rem){thead{display:none}[id^=rows] tr{display:grid;grid-template-columns:1fr auto;border-top:1px solid var(--line);padding:.4rem 0}[id^=rows] td{border:0;padding:.2rem .4rem}[id^=rows] td.actions{grid-column:1/-1;text-align:left}td.actions button{margin:0 .35rem 0 0}
[id^=rows] td:first-child{grid-row:span 2}}`;

/**
 * Script of the page at `/`: buttons call the control API; both columns are fetched again every two seconds. What has an ID is
 * updated in place. While a person points at the teams or works in them by keyboard, no row there is moved or taken away: a row
 * that is gone is marked, and a new one comes last.
 */
export const PAGE_SCRIPT = `
const byId = (id) => document.getElementById(id);
const teams = byId('teams'), activity = byId('activity'), notice = byId('notice'), dialog = byId('confirm');
const UPDATED = '.live, .keyed > *';
// The HTML of each element as the sandbox sent it: people and this script change the element itself.
const received = new WeakMap();
function remember(root) { for (const element of root.querySelectorAll(UPDATED)) received.set(element, element.innerHTML); }
remember(document);

let actedAt = 0;
function isPointing() {
	return dialog.open || Date.now() - actedAt < 2000 || teams.matches(':hover') || teams.querySelector(':focus-visible, select:focus') !== null;
}
function focus(element) {
	if (!element.matches('button, select, input')) element.tabIndex = -1;
	element.focus();
}
function update(element, fresh) {
	if (received.get(element) === fresh.innerHTML || element.querySelector('select:focus')) return;
	const focused = element.contains(document.activeElement) ? document.activeElement : undefined;
	element.className = fresh.className;
	element.innerHTML = fresh.innerHTML;
	received.set(element, fresh.innerHTML);
	if (focused) focus([...element.querySelectorAll('[aria-label]')].find((one) => one.ariaLabel === focused.ariaLabel) ?? element);
}
function markGone(row) {
	if (row.matches('.gone')) return;
	row.classList.add('gone');
	received.delete(row);
	if (row.contains(document.activeElement)) focus(row);
	for (const control of row.querySelectorAll('button, select')) control.disabled = true;
	const state = row.querySelector('td > .pill');
	state.className = 'pill';
	state.textContent = row.dataset.gone;
}
function updateList(list, fresh, keepPlaces) {
	const wanted = [...fresh.children];
	const ids = new Set(wanted.map(({ id }) => id));
	for (const item of [...list.children]) if (!ids.has(item.id)) keepPlaces ? markGone(item) : item.remove();
	let place = list.firstElementChild;
	for (const item of wanted) {
		const known = byId(item.id);
		if (known) update(known, item);
		else if (keepPlaces && isAbovePointer(list)) continue;
		else received.set(item, item.innerHTML);
		if (known && (known === place || keepPlaces)) place = known.nextElementSibling;
		else list.insertBefore(known ?? item, keepPlaces ? null : place);
	}
}
function isAbovePointer(list) {
	const pointed = teams.querySelector('details:hover, details:has(:focus)');
	return pointed !== null && (list.compareDocumentPosition(pointed) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0;
}
function updateAll(root, html, keepPlaces) {
	const template = document.createElement('template');
	template.innerHTML = html;
	const sections = [...template.content.children];
	const ids = new Set(sections.map(({ id }) => id));
	if (!keepPlaces) for (const shown of [...root.children]) if (!ids.has(shown.id)) shown.remove();
	for (const section of sections) {
		if (byId(section.id)) {
			for (const element of section.matches('.live') ? [section] : section.querySelectorAll('.live')) update(byId(element.id), element);
			for (const list of section.querySelectorAll('.keyed')) updateList(byId(list.id), list, keepPlaces);
		} else if (!keepPlaces) {
			remember(section);
			root.append(section);
		}
	}
}

async function refresh() {
	try {
		const [people, log] = await Promise.all(['teams', 'activity'].map(async (part) => await (await fetch('/sandbox/page/' + part)).text()));
		updateAll(teams, people, isPointing());
		updateAll(activity, log, false);
	} catch { say('The sandbox does not answer. Is it still running?'); }
}
let hiding;
function say(text) {
	notice.textContent = text;
	clearTimeout(hiding);
	hiding = setTimeout(() => { notice.textContent = ''; }, 6000);
}
async function act(control, method, path, body) {
	if (control.dataset.pending) return false;
	control.dataset.pending = 'yes';
	const answer = await fetch(path, body ? { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : { method }).catch(() => undefined);
	delete control.dataset.pending;
	actedAt = Date.now();
	if (answer) say(answer.ok ? control.dataset.done : (await answer.json()).error);
	await refresh();
	return answer?.ok === true;
}
async function ask({ dataset, textContent }) {
	byId('question').textContent = dataset.confirm;
	byId('consequence').textContent = dataset.consequence;
	byId('confirmed').textContent = textContent;
	dialog.returnValue = '';
	dialog.showModal();
	await new Promise((resolve) => dialog.addEventListener('close', resolve, { once: true }));
	return dialog.returnValue === 'yes';
}
async function copy(text) {
	try {
		await navigator.clipboard.writeText(text);
		say('Copied: ' + text);
	} catch { say('The browser does not allow copying. Select it here: ' + text); }
}
document.addEventListener('click', async (event) => {
	const button = event.target.closest('button');
	if (button?.dataset.copy) await copy(button.dataset.copy);
	if (button?.dataset.method && (!button.dataset.confirm || await ask(button))) await act(button, button.dataset.method, button.dataset.path);
});
teams.addEventListener('change', async ({ target }) => {
	if (!target.matches('select[data-path]')) return;
	if (!target.matches(':focus-visible')) target.blur();
	const accepted = await act(target, 'PATCH', target.dataset.path, { role: target.value });
	if (!accepted) for (const option of target.options) if (option.defaultSelected) option.selected = true;
});
teams.addEventListener('submit', async (event) => {
	event.preventDefault();
	const form = event.target;
	if (await act(form, 'POST', form.dataset.path, Object.fromEntries(new FormData(form)))) form.reset();
});
setInterval(refresh, 2000);`;
