import { pendingInvitations } from './businesses.mts';
import type { Parts } from './gate.mts';
import { escapeHtml } from './html.mts';
import { localTime } from './pageChanges.mts';
import type { RequestEntry, RequestLog } from './requestLog.mts';
import { ROLE_TITLES, roleTitle } from './roles.mts';
import type { Business, Invitation, Member, Owner } from './types.mts';
import type { World } from './world.mts';

const ROWS_SHOWN = 200;
const REQUESTS_SHOWN = 40;

interface Action {
	label: string;
	method: string;
	path: string;
	/** What the page says afterwards. */
	done: string;
	style?: 'good' | 'danger';
	/** The question to ask first, and what follows from Yes. */
	confirm?: string;
	consequence?: string;
	/** What it acts on, for people who cannot see where the button is. */
	on?: string;
}

/** A button that calls the control API. */
export function actionButton({ label, method, path, done, style, confirm, consequence = '', on }: Action): string {
	const question = confirm === undefined ? '' : ` data-confirm="${escapeHtml(confirm)}" data-consequence="${escapeHtml(consequence)}"`;
	const name = on === undefined ? '' : ` aria-label="${escapeHtml(`${label} ${on}`)}"`;
	return `<button type="button"${style ? ` class="${style}"` : ''} data-method="${method}" data-path="${escapeHtml(path)}" data-done="${escapeHtml(done)}"${question}${name}>${label}</button>`;
}

function copyButton(what: string, value: string, label = 'Copy'): string {
	return `<button type="button" class="copy" data-copy="${escapeHtml(value)}" aria-label="${escapeHtml(`Copy ${what}`)}">${label}</button>`;
}

/** What a credential of an n8n needs to be connected to this sandbox, which answers at `address`. */
export function connection({ clientId, clientSecret }: Parts['oauth'], address: string): string {
	const copied = [['Client ID', clientId], ['Client Secret', clientSecret], ['API Base URL', address], ['Authorization Base URL', address]] as const;
	const row = (name: string, value: string, button = '') => `<tr><th scope="row">${name}</th><td>${value}</td><td class="actions">${button}</td></tr>`;
	const rows = [row('Environment', 'Custom'), row('Access', 'Legacy Full Access'), ...copied.map(([name, value]) => row(name, `<code>${escapeHtml(value)}</code>`, copyButton(name, value)))];
	return `<details id="connect"><summary><strong>Connect an n8n of your own</strong></summary>
<p class="soft">Fill in a FreshBooks OAuth2 API credential, press Connect, and allow access. Your n8n must run on this machine and outside a container, because the sandbox answers on 127.0.0.1 only. The values are valid until the sandbox stops.</p>
<table><tbody>${rows.join('')}</tbody></table></details>`;
}

/** Who the connected user is, then every business with its people and pending invitations. */
export function teams(world: World): string {
	const { firstName, lastName, email } = world.owner;
	const you = `<p id="you" class="live">You are <strong>${escapeHtml(`${firstName} ${lastName}`)}</strong> (${escapeHtml(email)}), the connected user. n8n sees and changes what this person may see and change.</p>`;
	const sections = [...world.businesses.values()].map((business, index) => section(world.owner, business, index === 0));
	return you + (sections.join('') || '<p id="no-businesses" class="live">There are no businesses.</p>');
}

function section(owner: Owner, business: Business, isOpen: boolean): string {
	const { id, name, members } = business;
	const pending = pendingInvitations(business);
	const shown = members.slice(0, ROWS_SHOWN);
	const more = members.length - shown.length;
	const rows = [...shown.map((member) => memberRow(owner, business, member)), ...pending.map((invitation) => invitationRow(business, invitation))];
	return `<details id="b${id}"${isOpen ? ' open' : ''}><summary><strong id="name${id}" class="live">${escapeHtml(name)}</strong>
<span id="count${id}" class="live count">${counted(members.length, 'team member')}${pending.length > 0 ? `, ${counted(pending.length, 'pending invitation')}` : ''}</span></summary>
<p id="place${id}" class="live soft">${place(business)}</p>${forms(business)}
<table><thead><tr><th scope="col">Person</th><th scope="col">Role</th><th scope="col">State</th><th scope="col"><span class="hidden">Actions</span></th></tr></thead>
<tbody id="rows${id}" class="keyed">${rows.join('')}</tbody></table><p id="more${id}" class="live soft">${more > 0 ? `${more} more are not shown.` : ''}</p></details>`;
}

function counted(count: number, what: string): string {
	return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function place({ id, accountId, membership, listable }: Business): string {
	const role = membership ? `Your role: ${escapeHtml(roleTitle(membership.role))}` : 'You do not belong to this business';
	const account = accountId === null ? 'No account of its own, so no staff records.' : `Account ID ${escapeHtml(accountId)} ${copyButton('the account ID', accountId)}`;
	const refusal = listable ? '' : ' FreshBooks does not list these people to you.';
	return `${role}.${refusal} Business ID ${id} ${copyButton('the business ID', String(id))} ${account}`;
}

function roleSelect(current: string, attributes: string): string {
	const known = current in ROLE_TITLES ? ROLE_TITLES : { [current]: roleTitle(current), ...ROLE_TITLES };
	const options = Object.entries(known).map(([role, title]) => `<option value="${escapeHtml(role)}"${role === current ? ' selected' : ''}>${escapeHtml(title)}</option>`);
	return `<select ${attributes}>${options.join('')}</select>`;
}

function memberRow(owner: Owner, business: Business, member: Member): string {
	const path = `/sandbox/businesses/${business.id}/members/${member.uuid}`;
	const isOwner = member.role === 'owner';
	const name = `${member.firstName} ${member.lastName}`.trim();
	const you = member.identityId === owner.identityId ? ' <span class="pill on">You</span>' : '';
	const role = isOwner ? 'Owner' : roleSelect(member.role, `aria-label="Role of ${escapeHtml(name)}" data-path="${path}" data-done="${escapeHtml(`${name} has another role now.`)}"`);
	const [label, route, done] = member.active ? ['Deactivate', 'deactivate', 'is inactive now.'] : ['Reactivate', 'reactivate', 'is active again.'];
	const remove = actionButton({
		label: 'Remove', method: 'DELETE', path, style: 'danger', on: name, done: `${name} was removed from ${business.name}.`,
		confirm: `Remove ${name} (${member.email}) from ${business.name}?`, consequence: 'To bring the person back, add or invite them: they get a new ID. Only Reset brings back the same one.',
	});
	const changes = isOwner ? '' : actionButton({ label, method: 'POST', path: `${path}/${route}`, on: name, done: `${name} ${done}` }) + remove;
	return `<tr id="m${business.id}-${member.memberId}" class="${member.active ? '' : 'off'}" data-gone="Removed"><td><span class="name">${escapeHtml(name)}${you}</span><span class="soft">${escapeHtml(member.email)}</span></td><td>${role}</td>
<td><span class="pill ${member.active ? 'on' : ''}">${member.active ? 'Active' : 'Inactive'}</span></td><td class="actions">${copyButton(`the UUID of ${name}`, member.uuid, 'Copy ID')}${changes}</td></tr>`;
}

function invitationRow(business: Business, { id, email, role }: Invitation): string {
	const path = `/sandbox/businesses/${business.id}/invitations/${id}`;
	const on = `the invitation of ${email}`;
	const accept = actionButton({ label: 'Accept', method: 'POST', path: `${path}/accept`, style: 'good', on, done: `${email} accepted, and is a team member of ${business.name} now.` });
	const revoke = actionButton({
		label: 'Revoke', method: 'DELETE', path, style: 'danger', on, done: `The invitation of ${email} was revoked.`,
		confirm: `Revoke the invitation of ${email} to ${business.name}?`, consequence: 'To bring it back, invite the person again: the invitation gets a new ID.',
	});
	return `<tr id="i${business.id}-${id}" data-gone="Not pending"><td><span class="name">${escapeHtml(email)}</span><span class="soft">Invitation</span></td><td>${escapeHtml(roleTitle(role))}</td>
<td><span class="pill wait">Pending</span></td><td class="actions">${copyButton(`the ID of ${on}`, String(id), 'Copy ID')}${accept}${revoke}</td></tr>`;
}

function forms({ id, name }: Business): string {
	const path = `/sandbox/businesses/${id}`;
	const input = (field: string, label: string, type = 'text') => `<input name="${field}" type="${type}" required placeholder="${label}" aria-label="${label}" autocomplete="off">`;
	const role = roleSelect('business_employee', 'name="role" aria-label="Role"');
	const form = (route: string, done: string, fields: string, label: string) =>
		`<form data-path="${path}/${route}" data-done="${escapeHtml(done)}">${fields}${role}<button class="good">${label}</button></form>`;
	return `<div class="forms">${form('invitations', `The invitation to ${name} is pending. No email is sent.`, input('email', 'Email to invite', 'email'), 'Invite')}
${form('members', `The person is a team member of ${name} now.`, input('firstName', 'First name') + input('lastName', 'Last name') + input('email', 'Email', 'email'), 'Add team member')}</div>`;
}

/** The latest requests to the API, the newest first. */
export function requests(log: RequestLog): string {
	const items = log.latest(REQUESTS_SHOWN).reverse().map(requestItem);
	const empty = '<li id="no-requests" class="soft">Nothing has called the API yet.</li>';
	return `<section id="requests-part"><h2>Requests <span id="request-count" class="live soft">${log.stats().requests}</span></h2><ol id="requests" class="keyed log">${items.join('') || empty}</ol></section>`;
}

function requestItem({ seq, at, method, path, query, status, fault }: RequestEntry): string {
	const tone = status !== null && status < 400 ? 'fine' : 'bad';
	const target = path + (query && !path.includes('/oauth/') ? `?${query}` : '');
	return `<li id="r${seq}">${localTime(at)} <b class="${tone}">${status ?? '…'}</b> ${escapeHtml(method)} ${escapeHtml(target)}${fault ? ` <span class="pill wait">fault: ${escapeHtml(fault)}</span>` : ''}</li>`;
}
