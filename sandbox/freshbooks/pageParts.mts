import { pendingInvitations } from './businesses.mts';
import type { Parts } from './gate.mts';
import { escapeHtml } from './html.mts';
import type { RequestEntry } from './requestLog.mts';
import type { Business, HistoryEntry, HistoryKind, Invitation, Member } from './types.mts';
import type { World } from './world.mts';

const ROLES: Record<string, string> = {
	business_partner: 'Admin', business_manager: 'Manager', business_employee: 'Employee', business_accountant: 'Accountant',
	contractor: 'Contractor', no_seat_employee: 'Unassigned',
};
const ROWS_SHOWN = 200;

/** What a credential of an n8n needs to be connected to this sandbox, which answers at `address`. */
export function connection({ clientId, clientSecret }: Parts['oauth'], address: string): string {
	const fields = [['Client ID', clientId], ['Client Secret', clientSecret], ['Environment', 'Custom'], ['API Base URL', address], ['Authorization Base URL', address]];
	const rows = fields.map(([name = '', value = '']) => `<tr><th scope="row">${name}</th><td><code>${escapeHtml(value)}</code></td></tr>`);
	return `<details id="connect"><summary><strong>Connect an n8n of your own</strong></summary>
<p class="soft">In a FreshBooks OAuth2 API credential, until this sandbox is stopped:</p><table><tbody>${rows.join('')}</tbody></table></details>`;
}

/** Every business with its people and pending invitations. */
export function teams(world: World): string {
	return [...world.businesses.values()].map((business, index) => section(business, index === 0)).join('') || '<p class="empty">No businesses.</p>';
}

function section(business: Business, isOpen: boolean): string {
	const pending = pendingInvitations(business);
	const shown = business.members.slice(0, ROWS_SHOWN);
	const more = business.members.length - shown.length;
	const path = `/sandbox/businesses/${business.id}`;
	return `<details id="b${business.id}"${isOpen ? ' open' : ''}><summary><strong>${escapeHtml(business.name)}</strong>
<span class="soft">${business.id}</span><span class="count">${business.members.length} people${pending.length > 0 ? `, ${pending.length} invited` : ''}</span></summary>
<p class="soft">${escapeHtml(standing(business))}</p>
<table><thead><tr><th>Person</th><th>Role</th><th>State</th><th><span class="hidden">Actions</span></th></tr></thead>
<tbody>${shown.map((member) => memberRow(path, member)).join('')}${pending.map((invitation) => invitationRow(path, invitation)).join('')}</tbody></table>
${more > 0 ? `<p class="soft">and ${more} more</p>` : ''}${forms(path)}</details>`;
}

function standing({ accountId, membership, listable }: Business): string {
	const role = membership ? `You are ${membership.role} here` : 'You do not belong here';
	return `${role}. ${accountId === null ? 'No accounting account' : `Account ${accountId}`}.${listable ? '' : ' The API refuses to list these people to you.'}`;
}

function button(label: string, method: string, path: string, style = ''): string {
	return `<button type="button" class="${style}" data-method="${method}" data-path="${escapeHtml(path)}">${label}</button>`;
}

function roleOptions(current: string): string {
	const known = current in ROLES ? ROLES : { [current]: current, ...ROLES };
	return Object.entries(known).map(([role, label]) => `<option value="${escapeHtml(role)}"${role === current ? ' selected' : ''}>${escapeHtml(label)}</option>`).join('');
}

function memberRow(business: string, member: Member): string {
	const path = `${business}/members/${member.uuid}`;
	const isOwner = member.role === 'owner';
	const name = escapeHtml(`${member.firstName} ${member.lastName}`);
	const role = isOwner ? 'Owner' : `<select aria-label="Role of ${name}" data-path="${path}">${roleOptions(member.role)}</select>`;
	const toggle = member.active ? button('Deactivate', 'POST', `${path}/deactivate`) : button('Reactivate', 'POST', `${path}/reactivate`);
	return `<tr class="${member.active ? '' : 'off'}"><td><span class="name">${name}</span><span class="soft">${escapeHtml(member.email)}</span></td><td>${role}</td>
<td><span class="pill ${member.active ? 'on' : ''}">${member.active ? 'Active' : 'Inactive'}</span></td>
<td class="actions">${isOwner ? '' : toggle + button('Remove', 'DELETE', path, 'danger')}</td></tr>`;
}

function invitationRow(business: string, invitation: Invitation): string {
	const path = `${business}/invitations/${invitation.id}`;
	return `<tr><td><span class="name">${escapeHtml(invitation.email)}</span></td><td>${escapeHtml(ROLES[invitation.role] ?? invitation.role)}</td>
<td><span class="pill wait">Invited</span></td><td class="actions">${button('Accept', 'POST', `${path}/accept`, 'good')}${button('Revoke', 'DELETE', path, 'danger')}</td></tr>`;
}

function forms(path: string): string {
	const role = `<select name="role" aria-label="Role">${roleOptions('business_employee')}</select>`;
	return `<div class="forms"><form data-path="${path}/invitations"><input name="email" type="email" required placeholder="Address to invite" aria-label="Address to invite">${role}<button class="good">Invite</button></form>
<form data-path="${path}/members"><input name="firstName" required placeholder="First name" aria-label="First name"><input name="lastName" required placeholder="Last name" aria-label="Last name"><input name="email" type="email" required placeholder="Address" aria-label="Address">${role}<button>Add</button></form></div>`;
}

/** The latest changes of people and the latest requests. */
export function activity({ world, log }: Parts): string {
	const changes = world.history.slice(-12).reverse().map(changeItem).join('');
	const requests = log.latest(40).reverse().map(requestItem).join('');
	return `<h2>Changes</h2><ol>${changes || '<li class="soft">Nothing has changed yet.</li>'}</ol><h2>Requests <span class="soft">${log.stats().requests}</span></h2><ol class="log">${requests || '<li class="soft">Nobody has called yet.</li>'}</ol>`;
}

const WORDS: Record<HistoryKind, string> = {
	memberAdded: 'joined', memberRemoved: 'was removed', memberDeactivated: 'was deactivated', memberReactivated: 'was reactivated', roleChanged: 'got another role',
	memberUpdated: 'was changed', memberIdChanged: 'has a new id', invitationCreated: 'was invited', invitationAccepted: 'accepted', invitationRevoked: 'is no longer invited',
	staffCreated: 'staff record made', staffUpdated: 'staff record changed', staffDeleted: 'staff record deleted', ownerUpdated: 'token owner changed',
	businessAdded: 'business added', businessChanged: 'business changed', businessDeleted: 'business deleted', membershipAdded: 'token owner joined', membershipRemoved: 'token owner left',
};

function time(at: string): string {
	return `<time class="soft">${at.slice(11, 19)}</time>`;
}

function changeItem({ at, kind, by, person, details }: HistoryEntry): string {
	const who = person?.email ?? details.email ?? '';
	return `<li>${time(at)} ${escapeHtml(who)} ${WORDS[kind]}${by === 'api' ? ' <span class="pill on">API</span>' : ''}</li>`;
}

function requestItem({ at, method, path, query, status, fault }: RequestEntry): string {
	const tone = status !== null && status < 400 ? 'fine' : 'bad';
	return `<li>${time(at)} <b class="${tone}">${status ?? '…'}</b> ${escapeHtml(method)} <span class="path">${escapeHtml(path + (query && !path.includes('/oauth/') ? `?${query}` : ''))}</span>${fault ? ` <span class="pill wait">${escapeHtml(fault)}</span>` : ''}</li>`;
}
