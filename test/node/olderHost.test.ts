import type { ExecuteContext } from 'n8n-core';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import nock from 'nock';

import { FreshBooks } from '../../nodes/FreshBooks/FreshBooks.node';
import { onAFastClock } from '../harness/clock';
import { API, connectedCredential, executeContext, FIRST_REFRESH, FIRST_TOKEN, locator, shownErrorOf, type RunSettings } from '../harness/context';
import { EXAMPLE, invitationRow, memberRow, upTo } from '../harness/examples';
import { onLists, usersMe } from '../harness/lists';
import { onDelete, onGet, onPost, onRefresh, onTheWire, UNAUTHENTICATED } from '../harness/wire';

jest.mock('n8n-workflow', () => jest.requireActual<typeof import('../harness/clock')>('../harness/clock').withFastSleep());
onTheWire();
onAFastClock();

/** n8n before 2.9: with any `ignoreHttpStatusErrors` but false, no status is an error, not even 401. */
function onOlderHost(context: ExecuteContext): ExecuteContext {
	const { httpRequestWithAuthentication } = context.helpers;
	Object.assign(context.helpers, {
		httpRequestWithAuthentication: async (...[type, options, more]: Parameters<typeof httpRequestWithAuthentication>) =>
			await httpRequestWithAuthentication.call(
				context,
				type,
				{ ...options, ignoreHttpStatusErrors: Boolean(options.ignoreHttpStatusErrors) },
				more,
			),
	});
	return context;
}

async function jsonOf(parameters: INodeParameters, settings: RunSettings = {}): Promise<IDataObject[]> {
	const context = onOlderHost(executeContext(parameters, settings));
	const [items] = await new FreshBooks().execute.call(context);
	return items.map(({ json }) => json);
}

const ME = '/auth/api/v1/users/me';
const MEMBERS = '/auth/api/v1/business/789/members';
const INVITATIONS = '/auth/api/v1/business/789/invitations';
const business = locator('id', '789');
const second = { token: 'second-access' };

/** The lists, with either of the two tokens. */
function onMembers(count: number): void {
	onLists({ members: upTo(count).map((id) => memberRow(id)) }, 789, [FIRST_TOKEN, second.token]);
}

/** The request for which n8n treats a 401 as an error, refreshes the token, and repeats it. */
function onTheRefreshingRequest(): void {
	onGet(ME).reply(401, UNAUTHENTICATED);
	onRefresh(FIRST_REFRESH, { access: 'second-access', refresh: 'second-refresh' });
	onGet(ME, second).reply(200, EXAMPLE.usersMe);
}

test('an expired token is refreshed, and the new refresh token is saved', async () => {
	const credential = connectedCredential();
	onGet(ME).reply(200, usersMe());
	onDelete(`${MEMBERS}/1`).reply(401, UNAUTHENTICATED);
	onTheRefreshingRequest();
	onMembers(1);
	onDelete(`${MEMBERS}/1`, second).reply(204);
	const parameters = { resource: 'teamMember', operation: 'remove', business, member: locator('id', '1') };
	expect(await jsonOf(parameters, { credential })).toEqual([{ deleted: true, businessId: 789, memberId: 1, email: 'person1@example.com' }]);
	expect(credential.saved).toBe(1);
	expect(credential.data.oauthTokenData).toMatchObject({ access_token: 'second-access', refresh_token: 'second-refresh' });
});

test('with twenty parallel items one request refreshes it, and no item fails', async () => {
	onGet(ME).reply(200, usersMe());
	for (const id of upTo(20)) {
		onDelete(`${MEMBERS}/${id}`).optionally().reply(401, UNAUTHENTICATED);
		onDelete(`${MEMBERS}/${id}`, second).reply(204);
	}
	onTheRefreshingRequest();
	onMembers(20);
	const parameters = { resource: 'teamMember', operation: 'remove', business, member: locator('id', '={{ $json.id }}'), options: { batchSize: 20 } };
	const output = await jsonOf(parameters, { items: upTo(20).map((id) => ({ id })) });
	expect(output).toHaveLength(20);
});

test('an invitation is not sent twice', async () => {
	const invitation = { email: 'a@b.co', role: 'employee' };
	onGet(ME).reply(200, usersMe());
	onPost(INVITATIONS, invitation).reply(401, UNAUTHENTICATED);
	onTheRefreshingRequest();
	onMembers(0);
	onPost(INVITATIONS, invitation, second).reply(200, { response: { invitation: invitationRow(55, { email: 'a@b.co' }) } });
	const parameters = { resource: 'invitation', operation: 'create', business, ...invitation };
	expect(await jsonOf(parameters)).toMatchObject([{ id: 55 }]);
});

test('an invalid refresh token asks to reconnect', async () => {
	onGet(ME).times(4).reply(401, UNAUTHENTICATED);
	nock(API).post('/auth/oauth/token').times(2).reply(400, { error: 'invalid_grant', error_description: 'It is revoked.' });
	const shown = await shownErrorOf(jsonOf({ resource: 'user', operation: 'getMe' }));
	expect(shown.message).toBe('FreshBooks no longer accepts the connection, so the connected user could not be reached [item 0]');
});
