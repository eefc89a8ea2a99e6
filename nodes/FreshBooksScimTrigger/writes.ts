import type { IDataObject } from 'n8n-workflow';

import { failureOf } from '../FreshBooks/client/errors';
import { checkEmail, sameAddress } from '../FreshBooks/client/identifiers';
import { onboard } from '../FreshBooks/people/onboarding';
import { isConnectedUser, isOwner } from '../FreshBooks/people/presence';
import { offeredRole, roleTitle, sameRole } from '../FreshBooks/people/roles';
import { rolesIn, type Asked } from './protocol/asked';
import { applyEdits } from './protocol/edits';
import { ScimError } from './protocol/errors';
import { addressOfScimId, scimIdOf } from './protocol/id';
import { isAssigned, valueOf, withValue, type Attributes } from './protocol/names';
import { readPatch } from './protocol/patch';
import { locationOf, type KnownPerson } from './protocol/resource';
import { addressOf, readUser, replacedAttributes } from './protocol/user';
import { refusedAnswer, refusalOf, WriteRefused } from './refusals';
import type { Answer, Handler, ScimRequest, Service } from './service';
import { offboardUser } from './offboardUser';
import { noSuchUser } from './users';
import { resourceOf, type VisibleUser } from './visibleUsers';
import { begin, type Write } from './write';

/** Writes of an identity provider: each calls Onboard or Offboard once, and gives an item where it changed something. */

/** The result of a write, for the item. */
interface Outcome {
	event: 'provisioned' | 'updated' | 'deprovisioned' | 'reactivated' | 'failed';
	role: string | null;
	report: IDataObject;
}

function refuseReadOnly({ isReadOnly }: Service): void {
	if (isReadOnly) throw new ScimError(403, "This service only answers reads. To fix this, switch off the option 'Read Only' of the FreshBooks SCIM Trigger.");
}

function externalIdIn(attributes: Attributes | undefined): string | null {
	const externalId = valueOf(attributes, 'externalId');
	return typeof externalId === 'string' ? externalId : null;
}

/** The item that starts the workflow. */
function itemOf({ userAgent, receivedAt }: ScimRequest, address: string, attributes: Attributes | undefined, { event, role, report }: Outcome): IDataObject {
	const status = typeof report.status === 'string' ? report.status : event;
	return { event, email: address, scimId: scimIdOf(address), externalId: externalIdIn(attributes), role, status, report, requestedBy: userAgent, receivedAt };
}

/** Runs a write after all earlier ones about the same person, and turns an error into an answer and an item. */
async function inTurn(service: Service, request: ScimRequest, address: string, work: (write: Write) => Promise<Answer>, sent?: Attributes): Promise<Answer> {
	return await service
		.inTurn(address, async () => {
			try {
				return await work(await begin(service, address));
			} finally {
				service.afterWrite();
			}
		})
		.catch((error: unknown) => {
			const refused = refusalOf(error);
			if (!refused) throw error;
			const attributes = sent ?? service.memory().of(address)?.attributes;
			const item = refused.report && itemOf(request, address, attributes, { event: 'failed', role: null, report: refused.report });
			return { ...refusedAnswer(refused.error), item };
		});
}

/** The answer with a user as they are now. */
function shown({ service }: Write, status: number, person: KnownPerson, attributes: Attributes): Answer {
	return { status, body: resourceOf({ person, attributes }, service.baseUrl), headers: { location: locationOf(service.baseUrl, scimIdOf(person.email)) } };
}

/** The first name that is a role which FreshBooks can give. */
function roleIn(names: readonly string[]): string | undefined {
	return names.map(offeredRole).find((role) => role !== undefined);
}

/** The parts of the request that were not done, which a person may have to do by hand. */
function remarksOn({ roles, notUnderstood }: Asked, role: string): string[] {
	const unknown = roles.length > 0 && roleIn(roles) === undefined ? [`FreshBooks has no role ${roles.map((name) => `'${name.slice(0, 60)}'`).join(' or ')}: the person has the role ${roleTitle(role)}. Check the role mapping of the identity provider.`] : [];
	return [...unknown, ...notUnderstood];
}

function withRemarks(report: IDataObject, remarks: string[]): IDataObject {
	return remarks.length === 0 ? report : { ...report, remarks };
}

/** A person invited a moment ago, whom FreshBooks' lists may not show yet. */
function invited({ address, settings }: Write, role: string): KnownPerson {
	return { email: address, active: true, role, freshBooks: { businessId: settings.businessId, invitationPending: true } };
}

const UNIQUE = { scimType: 'uniqueness' } as const;

/** Invites a person without access, unless another run just did. Throws what Onboard throws, and WriteRefused for a deactivated team member. */
async function inviteUser({ session, settings, user, address }: Write, role: string, name = address): Promise<{ report: IDataObject; isNew: boolean }> {
	const email = user?.listedAs ?? (checkEmail(name).ok ? name : address);
	const report = await onboard(session, { businessId: settings.businessId, email, role, updateRole: false, waitForAcceptance: false, invitedAt: null });
	if (report.status === 'inactiveMember') throw new WriteRefused(new ScimError(501, String(report.message)), report);
	// Invited, or invited and accepted already.
	const isNew = report.status === 'invited' || (report.status === 'alreadyMember' && report.member === undefined);
	return { report, isNew };
}

/** The user's name at the provider. */
function nameOf({ person, attributes }: VisibleUser): string {
	return String(valueOf(attributes, 'userName') ?? person.email);
}

/** The other users with a name. */
function namesakesOf({ user, users }: Write, userName: string | undefined): VisibleUser[] {
	return users.filter((other) => other !== user && sameAddress(nameOf(other), userName));
}

/** Frees a name of users without access. Throws ScimError 409 where a user with access has it. */
function takeName(write: Write, userName: string | undefined): void {
	const namesakes = namesakesOf(write, userName);
	if (namesakes.some(({ person }) => person.active)) throw new ScimError(409, `Another user has the userName ${userName?.slice(0, 254)}. To fix this, find the user with a filter on userName, and update it.`, UNIQUE);
	// Renamed in the directory, and removed since: the name is free.
	for (const { person } of namesakes) write.service.memory().remember(person.email, { isDeleted: true, attributes: {} }, Date.now());
}

export const createUser: Handler = async (service, request) => {
	refuseReadOnly(service);
	const asked = readUser(request.body());
	const address = addressOf(asked);
	const { attributes } = asked;
	return await inTurn(service, request, address, async (write) => {
		const { user } = write;
		if (user?.person.active) throw new ScimError(409, `${address} is a team member of the business or invited to it. To fix this, find the user with a filter on userName eq "${nameOf(user)}", and update it.`, UNIQUE);
		takeName(write, asked.userName);
		const remember = (inAt: number | null): void => service.memory().remember(address, { attributes, isDeleted: false, inAt }, Date.now());
		if (asked.active === false) {
			remember(null);
			return shown(write, 201, { email: address, active: false, role: null }, attributes);
		}
		const role = roleIn(asked.roles) ?? write.settings.defaultRole;
		const { report, isNew } = await inviteUser(write, role).catch((error: unknown) => {
			if (failureOf(error)?.maybeDone) remember(Date.now());
			throw error;
		});
		if (!isNew) throw new ScimError(409, `${address} is in the business already, maybe under another address. If this repeats, check the address.`, UNIQUE);
		remember(Date.now());
		return { ...shown(write, 201, invited(write, role), attributes), item: itemOf(request, address, attributes, { event: 'provisioned', role, report: withRemarks(report, remarksOn(asked, role)) }) };
	}, attributes);
};

/** A PUT or PATCH. */
interface Change {
	asked: Asked;
	/** The attributes to remember after it. */
	after: (before: Attributes) => Attributes;
}

/** The reason why a requested role is not given; undefined where it can be. */
async function roleObstacle({ session, person, presence, user }: Write): Promise<string | undefined> {
	if (isOwner(presence)) return 'The person owns the business, and the role of an owner cannot be changed.';
	if (isConnectedUser(await session.getMe(), person)) return 'The person is the connected FreshBooks user and cannot change their own role here.';
	return user?.isMember ? undefined : 'FreshBooks cannot change the role of a pending invitation. To fix this, change it when the person has accepted, or revoke the invitation and let the identity provider provision the person again.';
}

/** Kinds of failure of a role change that the same request would meet again. */
const FINAL = new Set(['refused', 'validation', 'permission', 'scope', 'notFound', 'notPublished', 'conflict']);

/** Changes the role of a team member. A final refusal of FreshBooks is returned as a report, as the rest of the request is done. */
async function changeRole(write: Write, role: string): Promise<{ report: IDataObject; isDone: boolean }> {
	const { session, settings, user, address } = write;
	const notDone = (message: string): { report: IDataObject; isDone: boolean } => ({ report: { status: 'roleNotChanged', message, email: address, businessId: settings.businessId, role }, isDone: false });
	const obstacle = await roleObstacle(write);
	if (obstacle) return notDone(obstacle);
	const hire = { businessId: settings.businessId, email: user?.listedAs ?? address, role, updateRole: true, waitForAcceptance: false, invitedAt: null };
	return await onboard(session, hire).then(
		(report) => ({ report, isDone: report.roleUpdated === true }),
		(error: unknown) => {
			const failure = failureOf(error);
			if (!failure || failure.maybeDone || !FINAL.has(failure.kind)) throw error;
			return notDone(String(refusalOf(error)?.report?.message ?? failure.subject));
		},
	);
}

function renamed(before: string, after: string, address: string): string[] {
	if (sameAddress(after, before)) return [];
	return [`The identity provider changed the userName from ${before.slice(0, 254)} to ${after.slice(0, 254)}. FreshBooks keeps the address ${address}: only the person can change it, in their FreshBooks profile.`];
}

/** Carries out a change of a user who stays, or is invited again. */
async function apply(write: Write, user: VisibleUser, { asked }: Change, after: Attributes): Promise<{ person: KnownPerson; outcome?: Outcome }> {
	const { settings, address } = write;
	const before = user.attributes;
	// FreshBooks gives one role: the one that was requested last.
	const wanted = roleIn(asked.roles) ?? roleIn(rolesIn(after));
	const isNewRequest = JSON.stringify(rolesIn(before)) !== JSON.stringify(rolesIn(after));
	const name = nameOf({ ...user, attributes: after });
	const names = user.listedAs === null ? [] : renamed(nameOf(user), name, user.listedAs);
	if (asked.active === true && !user.person.active) {
		const role = wanted ?? settings.defaultRole;
		const { report, isNew } = await inviteUser(write, role, name);
		const outcome: Outcome = { event: 'reactivated', role, report: withRemarks(report, [...remarksOn(asked, role), ...names]) };
		return { person: invited(write, role), outcome: isNew ? outcome : undefined };
	}
	const { role } = user.person;
	const remarks = [...(isNewRequest ? remarksOn(asked, role ?? settings.defaultRole) : []), ...names];
	const isOther = wanted !== undefined && asked.roles.length > 0 && user.person.active && !sameRole(wanted, role);
	const change = isOther && (isNewRequest || user.isMember) ? await changeRole(write, wanted) : undefined;
	if (change?.isDone) return { person: { ...user.person, role: wanted ?? role }, outcome: { event: 'updated', role: wanted ?? role, report: withRemarks(change.report, remarks) } };
	if (change && isNewRequest) return { person: user.person, outcome: { event: 'failed', role, report: withRemarks(change.report, remarks) } };
	if (remarks.length === 0) return { person: user.person };
	const report = { status: 'updated', message: remarks.join(' '), email: address, businessId: settings.businessId };
	return { person: user.person, outcome: { event: remarks.length > names.length ? 'failed' : 'updated', role, report } };
}

function rememberUser({ service }: Write, { person }: VisibleUser, attributes: Attributes, access: { inAt?: number | null }): void {
	const identity = person.identityId ? { identityId: person.identityId } : {};
	service.memory().remember(person.email, { attributes, isDeleted: false, ...access, ...identity }, Date.now());
}

/** Keeps the name: FreshBooks does not show the name of a person who was removed. */
function withNames(attributes: Attributes, { firstName, lastName }: KnownPerson): Attributes {
	return isAssigned(valueOf(attributes, 'name')) ? attributes : withValue(attributes, 'name', { givenName: firstName ?? null, familyName: lastName ?? null });
}

async function deactivate(write: Write, user: VisibleUser, request: ScimRequest, { asked }: Change, after: Attributes): Promise<Answer> {
	const { address } = write;
	const { report, didSomething } = await offboardUser(write, user);
	const kept = withNames(after, user.person);
	rememberUser(write, user, kept, { inAt: null });
	const answer = shown(write, 200, { email: address, active: false, role: null }, kept);
	if (!didSomething) return answer;
	return { ...answer, item: itemOf(request, address, after, { event: 'deprovisioned', role: user.person.role, report: withRemarks(report, [...asked.notUnderstood]) }) };
}

/** The attributes after a change. Throws ScimError 409 for a name that another user has; a user who is deactivated keeps their own instead. */
function withFreeName(write: Write, user: VisibleUser, { asked, after }: Change): Attributes {
	const attributes = after(user.attributes);
	const userName = nameOf({ ...user, attributes });
	if (sameAddress(userName, nameOf(user))) return attributes;
	if (asked.active === false && namesakesOf(write, userName).length > 0) return withValue(attributes, 'userName', nameOf(user));
	takeName(write, userName);
	return attributes;
}

const changeUser = (read: (body: Attributes) => Change): Handler => async (service, request) => {
	refuseReadOnly(service);
	const change = read(request.body());
	const address = addressOfScimId(request.id);
	if (address === undefined) throw noSuchUser();
	return await inTurn(service, request, address, async (write) => {
		const { user } = write;
		if (!user) throw noSuchUser();
		const after = withFreeName(write, user, change);
		if (change.asked.active === false) return await deactivate(write, user, request, change, after);
		const { person, outcome } = await apply(write, user, change, after);
		rememberUser(write, user, after, person.active ? { inAt: Date.now() } : {});
		return { ...shown(write, 200, person, after), item: outcome && itemOf(request, address, after, outcome) };
	});
};

export const replaceUser = changeUser((body) => {
	const asked = readUser(body);
	return { asked, after: (before) => replacedAttributes(before, asked) };
});

export const patchUser = changeUser((body) => {
	const patch = readPatch(body);
	return { asked: patch, after: (before) => applyEdits(patch.edits, before) };
});

export const deleteUser: Handler = async (service, request) => {
	refuseReadOnly(service);
	const address = addressOfScimId(request.id);
	if (address === undefined) throw noSuchUser();
	return await inTurn(service, request, address, async (write) => {
		const { user } = write;
		if (!user) throw noSuchUser();
		const { report, didSomething } = await offboardUser(write, user);
		service.memory().remember(user.person.email, { attributes: {}, identityId: null, isDeleted: true, inAt: null }, Date.now());
		return { status: 204, item: didSomething ? itemOf(request, address, user.attributes, { event: 'deprovisioned', role: user.person.role, report }) : undefined };
	});
};
