import type { IDataObject } from 'n8n-workflow';

import { emailOf, type Ended, type ItemPlan } from './context';
import { isClear, Judged, keyOf, mayHaveBeenDone, PEOPLE, type Reading, type Violation } from './evidence';
import { addressOf, businessIdOf, identityOf, LISTS, LONGEST_LAG_MS, ME, roleOf, SECRETS, type List } from './plan';
import type { Row, Sent, Shown, World } from './world';

/** Knows the truth and every request, and checks by the rules for people what an execution did and reported. */

const where = ({ method, path }: Sent): string => `${method} ${path}`;
const DECIDING: Record<string, readonly List[]> = { revoke: ['invitations'], remove: PEOPLE, updateRole: PEOPLE, create: LISTS, offboard: LISTS };

function decidingLists(operation: string, { method, target }: Sent): readonly List[] {
	if (operation !== 'onboard') return DECIDING[operation];
	return method === 'PUT' ? PEOPLE : method === 'DELETE' && target === 'invitations' ? ['invitations'] : LISTS;
}

/** Checks that no write is wrong. */
function judgeWrite(judged: Judged, write: Sent): void {
	const { world, ended } = judged;
	const business = write.business ?? 0;
	const { item, rows } = judged.about(write);
	judged.unless(item !== undefined, 'wrongPerson', `${where(write)} is about somebody whom no item names.`);
	for (const list of decidingLists(ended.plan.operation, write)) {
		const wasRead = judged.isNotOffered(list, business, write.index) || judged.readings(list, business, write.index).length > 0;
		judged.unless(wasRead, 'doubt', `${where(write)} was sent although ${list} had not been read completely.`);
	}
	if (write.target === 'members') judgeOwner(judged, write, rows, item);
	if (write.target === 'members') judgeNobody(judged, write);
	if (write.target === 'invitations' && write.method === 'DELETE') judgeRevocation(judged, write);
	if (write.method === 'POST') judgeInvitation(judged, write, item);
	const readsPublished = !judged.isNotOffered('teamMembers', business);
	// Nobody can know whose address it is if its owner has just accepted an invitation and the only list with identities lags.
	const isShown = ({ email }: Row): boolean => judged.readings('teamMembers', business, write.begun).at(-1)?.rows.some((row) => keyOf(row.email) === keyOf(email)) ?? false;
	const isKnowable = (row: Row): boolean => world.plan.identityInMembers || (readsPublished && row.email !== null && row.addressNotIn === null && isShown(row));
	const isMe = (row: Row): boolean => (isKnowable(row) && row.identity === identityOf(ME)) || keyOf(row.email) === keyOf(addressOf(ME, 'own'));
	judged.unless(!rows.some(isMe), 'connectedUser', `${where(write)} is about the connected user.`);
}

/** A row with neither address nor identity may be anybody's, even the connected user's. */
function judgeNobody(judged: Judged, write: Sent): void {
	const row = judged.readings('members', write.business ?? 0, write.begun).at(-1)?.rows.find(({ id }) => id === write.id);
	judged.unless(row === undefined || row.email !== null || row.identity !== null, 'nobody', `${where(write)} is about a row without an address and without an identity.`);
}

/** Only a pending invitation may be revoked; an unknown status is a doubt. */
function judgeRevocation(judged: Judged, write: Sent): void {
	const row = judged.readings('invitations', write.business ?? 0, write.begun).at(-1)?.rows.find(({ id }) => id === write.id);
	judged.unless(row === undefined || row.status === 'pending', 'notPending', `${where(write)} is about an invitation that is listed as '${row?.status}'.`);
}

/** The last complete reading that shows the owners. */
function ownersSeen(judged: Judged, business: number, until = Infinity): Reading | undefined {
	const list = judged.isNotOffered('teamMembers', business, until) ? 'members' : 'teamMembers';
	return judged.readings(list, business, until).at(-1);
}

/** The same address, unless two people are known to share it. */
function mayBeSame(row: Row, shown: Shown): boolean {
	const differ = row.identity !== null && shown.identity !== null && row.identity !== shown.identity;
	return row.email !== null && keyOf(shown.email) === keyOf(row.email) && !differ;
}

function judgeOwner(judged: Judged, write: Sent, rows: Row[], item: ItemPlan | undefined): void {
	const business = write.business ?? 0;
	const owners = ownersSeen(judged, business, write.begun)?.rows.filter(({ role, active }) => role === 'owner' && active !== false) ?? [];
	const removed = judged.writes.filter((one) => one.method === 'DELETE' && one.target === 'members' && one.index < write.index && one.business === business && mayHaveBeenDone(one));
	const gone = removed.flatMap(({ id }) => judged.world.rowsEver(business, id ?? 0).flatMap(({ uuid, memberId }) => [uuid, memberId]));
	const isPerson = item ? judged.isPerson(item) : () => false;
	const isTheirs = (shown: Shown): boolean => isPerson(shown) || rows.some((row) => mayBeSame(row, shown));
	const isOnly = owners.some(isTheirs) && owners.every((shown) => isTheirs(shown) || gone.includes(shown.id));
	judged.unless(!isOnly, 'lastOwner', `${where(write)} is about the only active owner that is left in the list.`);
	const { plan } = judged.world;
	const mayHaveMoved = plan.changes.length > 0 || judged.world.sent.some(({ run }) => run !== judged.run) || judged.isNotOffered('teamMembers', business, write.begun);
	const before = rowsIn(judged, business, write.at - 1).filter(({ role }) => role === 'owner');
	const isLast = before.length > 0 && before.every(({ memberId, email, addressNotIn }) => memberId === write.id && email !== null && addressNotIn === null);
	judged.unless(!isLast || mayHaveMoved || !mayHaveBeenDone(write), 'lastOwner', `${where(write)} is about the only active owner that there is.`);
}

function judgeInvitation(judged: Judged, write: Sent, item: ItemPlan | undefined): void {
	const business = write.business ?? 0;
	const read = (list: List): Reading[] => judged.readings(list, business, write.begun);
	// Only earlier readings count: the members list may have been offered later.
	const isPerson = item ? judged.isPerson(item, write.begun) : () => false;
	const published = read('teamMembers').at(-1);
	const hasAccess = ({ rows }: Reading): boolean => rows.some((row) => isPerson(row) && row.active !== false && !isListedInactive(row, published));
	const isInvited = ({ rows }: Reading): boolean => rows.some((row) => isPerson(row) && row.status === 'pending');
	judged.unless(!PEOPLE.some((list) => read(list).slice(-1).some(hasAccess)), 'invitedMember', `${where(write)} invites ${write.email}, who is a member in the last list that was read.`);
	judged.unless(!read('invitations').slice(-1).some(isInvited), 'invitedInvited', `${where(write)} invites ${write.email}, who has a pending invitation in the last list that was read.`);
	const free = read('invitations').find((reading) => !isInvited(reading));
	for (const list of free ? PEOPLE.filter((one) => read(one).length > 0) : []) {
		const isFree = read(list).some((people) => people.first > (free?.last ?? 0) && !hasAccess(people));
		judged.unless(isFree, 'peopleOlder', `${where(write)} invites ${write.email}, of whom no reading of ${list} is free that came after one of the invitations without them.`);
	}
	const earlier = judged.writes.filter((one) => one.method === 'POST' && one.index < write.index && one.business === business && keyOf(one.email) === keyOf(write.email));
	const unclear = earlier.find((one) => !one.authored);
	judged.unless(!unclear, 'sentAgain', `${where(write)} invites ${write.email} again after an answer (${unclear?.status}) that was not FreshBooks' own.`);
}

function isListedInactive({ email }: Shown, published: Reading | undefined): boolean {
	const rows = published?.rows.filter((row) => row.email !== null && keyOf(row.email) === keyOf(email)) ?? [];
	return rows.length > 0 && rows.every(({ active }) => active === false);
}

/** One execution invites an address once. */
function judgeInvitationsMade(judged: Judged): void {
	for (const [business, states] of judged.world.states.entries()) {
		const made = states.flatMap(({ invitations }) => invitations.filter(({ by }) => by === judged.run));
		for (const { id, email } of made) {
			const isOnly = made.every((other) => other.id === id || keyOf(other.email) !== keyOf(email));
			judged.unless(isOnly, 'twoInvitations', `${email} was invited more than once to business ${business}.`);
		}
	}
}

/** Why it is wrong to report that a person is out of a business; undefined if the read lists show it. */
export function whyNotOut(judged: Judged, item: ItemPlan, business: number): string | undefined {
	const isAbout = (named: ItemPlan | undefined): boolean => named !== undefined && keyOf(emailOf(named)) === keyOf(emailOf(item));
	const writes = judged.writes.filter((write) => write.business === business && isAbout(judged.about(write).item));
	const lastWrite = writes.at(-1)?.index ?? -1;
	// A business that was readable only later cannot have shown who it is.
	const lastReading = Math.max(...PEOPLE.flatMap((list) => judged.readings(list, business).map(({ last }) => last)));
	const isPerson = judged.isPerson(item, lastReading + 1);
	const after = (list: List, since: number): Reading[] => judged.readings(list, business).filter(({ first }) => first > since);
	const invitations = after('invitations', lastWrite).find(({ rows }) => !rows.some((row) => isPerson(row) && row.status === 'pending'));
	if (!invitations && !judged.isNotOffered('invitations', business)) return 'no complete reading of the invitations after the last write is without the person';
	const offered = PEOPLE.filter((list) => !judged.isNotOffered(list, business));
	if (offered.length === 0) return 'no list of people was read';
	const published = judged.readings('teamMembers', business).at(-1);
	const listed = published?.rows.filter(isPerson) ?? [];
	const isInactive = listed.length > 0 && listed.every(({ active }) => active === false);
	for (const list of offered) {
		const shows = ({ rows, asOf }: Reading): boolean => rows.some((row) => isPerson(row) && row.active !== false && isInNow(judged, row, business, asOf)) && !(list === 'members' && isInactive);
		const reading = after(list, invitations?.last ?? lastWrite).findLast((one) => !shows(one));
		if (!reading) return `no complete reading of ${list} after the last write and after the invitations is without the person`;
	}
	const changedNothing = writes.filter(({ method, target, status }) => method === 'DELETE' && target === 'invitations' && status !== null && status >= 400 && status < 500).at(-1);
	const lastPeople = Math.max(...PEOPLE.flatMap((list) => judged.readings(list, business).map(({ last }) => judged.world.sent[last].at)));
	const hasAccess = rowsIn(judged, business, changedNothing?.at).some(({ key, ...row }) => isPerson(row) && rowsIn(judged, business, lastPeople).some((one) => one.key === key));
	if (changedNothing && hasAccess && lastPeople < changedNothing.at + LONGEST_LAG_MS) return 'the invitation could not be revoked as it was accepted, and the lists of people were not looked at for 15 seconds';
	return undefined;
}

function rowsIn(judged: Judged, business: number, at: number | undefined): Row[] {
	return judged.world.state(business, at).rows.filter(({ active, removed }) => active && !removed);
}

/** Whether a listed row has access. The members list also shows inactive people, so this uses the truth. */
function isInNow(judged: Judged, shown: Shown, business: number, asOf: number): boolean {
	return rowsIn(judged, business, asOf).some(({ memberId, uuid }) => memberId === shown.id || uuid === shown.id);
}

interface Report extends IDataObject {
	status: string;
	email: string;
	message: string;
	dryRun?: boolean;
	businesses?: Array<{ businessId: number; verified: boolean; outcome: string; done: Array<{ action: string; id: number; wasGone: boolean; by?: string }> }>;
}

/** Every report in a result, at any place, and its item: from the fields beside it, or from its position. */
export function reportsIn(value: unknown, item: number): Array<{ item: number; report: Report }> {
	if (typeof value !== 'object' || value === null) return [];
	if ('status' in value && 'email' in value && 'message' in value) return [{ item, report: value as Report }];
	const named = 'item' in value && typeof value.item === 'number' ? value.item : item;
	return Object.values(value).flatMap((part) => reportsIn(part, named));
}

function judgeOffboarding(judged: Judged, report: Report, item: ItemPlan): void {
	const saysOut = ['offboarded', 'notFound'].includes(report.status) && report.dryRun !== true;
	for (const { businessId, verified, outcome, done } of report.businesses ?? []) {
		const business = businessId - businessIdOf(0);
		const why = verified || (saysOut && outcome !== 'notManaged') ? whyNotOut(judged, item, business) : undefined;
		judged.unless(why === undefined, 'falseVerified', `'${report.status}' (${outcome}, verified: ${verified}) for ${report.email} in business ${businessId}, but ${why}.`);
		for (const deed of done) judgeDeed(judged, deed, business);
	}
}

function judgeDeed(judged: Judged, { action, id, wasGone, by }: { action: string; id: number; wasGone: boolean; by?: string }, business: number): void {
	const target = action === 'memberRemoved' ? 'members' : action === 'invitationRevoked' ? 'invitations' : 'staff';
	const tries = judged.writes.filter((one) => one.target === target && one.id === id && one.business === business);
	judged.unless(tries.length > 0, 'doneUnsent', `'${action} ${id}' is reported, but was never sent.`);
	if (tries.length === 0 || judged.hasRepeatedPeople) return;
	const allMissed = tries.every(({ status }) => status === 404);
	const succeeded = tries.some(({ status, authored }) => authored && status !== null && status < 300);
	const said = `'${action} ${id}' says wasGone: ${wasGone}, by: ${by}`;
	judged.unless(!allMissed || (wasGone && (by === undefined || by === 'somebodyElse')), 'doneBy', `${said}, but FreshBooks never knew it.`);
	judged.unless(!wasGone || !tries.some(({ applied }) => applied), 'doneBy', `${said}, but a try of this execution did it.`);
	judged.unless(by !== 'somebodyElse' || !succeeded, 'doneBy', `${said}, but FreshBooks answered success.`);
	judged.unless(by !== 'earlierTry' || tries.some((one) => !isClear(one)), 'doneBy', `${said}, but no try ended unclear.`);
}

function judgeOnboarding(judged: Judged, report: Report, item: ItemPlan): void {
	const { world } = judged;
	const isPerson = judged.isPerson(item);
	const states = world.states[item.business];
	const posts = judged.writes.filter(({ method, email }) => method === 'POST' && keyOf(email) === keyOf(emailOf(item)));
	const exists = states.some(({ invitations, rows }) => invitations.some((one) => isPerson({ ...one, identity: null })) || rows.some((row) => isPerson(row) && row.active && !row.removed));
	const accepted = posts.some(({ status }) => status !== null && status < 300);
	judged.unless(report.status !== 'invited' || exists || accepted, 'falseInvited', `'invited' for ${report.email}, of whom there is no invitation.`);
	const isShown = judged.sent.some(({ target, business, shown }) => PEOPLE.includes(target as List) && business === item.business && shown?.some(judged.mayBePerson(item)));
	judged.unless(report.status !== 'alreadyMember' || isShown, 'falseMember', `'alreadyMember' for ${report.email}, whom no list of people showed.`);
	const wanted = roleOf(item.role);
	const changed = judged.writes.filter(({ method }) => method === 'PUT').map(({ id }) => id);
	const hasRole = states.some(({ rows }) => rows.some((row) => (isPerson(row) || changed.includes(row.memberId)) && row.role === wanted));
	const answered = judged.writes.some(({ answeredRole }) => answeredRole !== null && roleOf(answeredRole) === wanted);
	judged.unless(report.roleUpdated !== true || hasRole || answered, 'falseRole', `'roleUpdated' for ${report.email}, who never had the role ${item.role}.`);
}

/** A person reported as removed or missing by ID must be gone, unless FreshBooks itself said so. */
function judgeSingle(judged: Judged, { deleted }: IDataObject, item: ItemPlan): void {
	const { world, ended, writes } = judged;
	const { memberId, invitationId } = world.idsOf(item);
	const isConfirmed = writes.some(({ id, status, authored }) => (id === memberId || id === invitationId) && authored && status !== null && status < 300);
	if (deleted !== true || isConfirmed || (item.by ?? 'email') === 'email') return;
	const hasAccess = rowsIn(judged, item.business, undefined).some((row) => row.memberId === memberId);
	judged.unless(ended.plan.operation !== 'remove' || !hasAccess, 'falseGone', `member ${memberId} is called gone, and is there.`);
	if (ended.plan.operation !== 'revoke') return;
	const [first] = world.states[item.business];
	const invitation = first.invitations.find(({ id }) => id === invitationId);
	const isPending = world.state(item.business).invitations.some(({ id, status }) => id === invitationId && status === 'pending');
	judged.unless(!isPending, 'falseGone', `invitation ${invitationId} is called gone, and is pending.`);
	const isAt = ({ email }: Row): boolean => keyOf(email) === keyOf(invitation?.email ?? '');
	const hasJoined = invitation?.status === 'pending' && !first.rows.some(isAt) && rowsIn(judged, item.business, undefined).some(isAt);
	const isReadable = world.plan.faults.length === 0 && world.plan.absent.length === 0;
	judged.unless(!hasJoined || !isReadable, 'falseGone', `invitation ${invitationId} is called gone, and was accepted.`);
}

/** Texts must match the requests and responses. */
function judgeText(judged: Judged, text: string, item: ItemPlan): void {
	if (judged.hasRepeatedPeople) return;
	const writes = judged.writes.filter((write) => judged.about(write).item === item);
	const harmful = writes.find(mayHaveBeenDone);
	const claim = /nothing was (sent|changed|done|carried out)/i.exec(text)?.[0];
	judged.unless(claim === undefined || harmful === undefined, 'falseNothing', `'${claim}' was said of ${emailOf(item)} after ${harmful && where(harmful)} (${harmful?.status}).`);
	const mayBeInvited = writes.some((write) => write.method === 'POST' && mayHaveBeenDone(write));
	judged.unless(!/no (\w+ )?invitation was sent/i.test(text) || !mayBeInvited, 'falseNothing', `'no invitation was sent' was said of ${emailOf(item)}, who may have been invited.`);
	const posts = writes.filter(({ method }) => method === 'POST').length;
	judged.unless(!/not sent again/i.test(text) || posts === 1, 'falseOnce', `'not sent again' was said of ${emailOf(item)}, whose invitation was sent ${posts} times.`);
	const isRepeated = judged.sent.some((one) => judged.sent.some((other) => other.index > one.index && where(other) === where(one)));
	judged.unless(!/several times/i.test(text) || isRepeated, 'falseTries', `'several times' was said of ${emailOf(item)}, but nothing was sent twice.`);
}

/** An execution that removed an owner and then reads that none is left must report it. */
function judgeOwnersLeft(judged: Judged): void {
	for (const write of judged.writes.filter(({ method, target, status, applied }) => method === 'DELETE' && target === 'members' && (status === 204 || applied))) {
		const business = write.business ?? 0;
		const wasOwner = rowsIn(judged, business, write.at - 1).some(({ role, memberId }) => role === 'owner' && memberId === write.id);
		const seen = ownersSeen(judged, business);
		// An owner whom this execution never read cannot be missed.
		const wasSeen = judged.readings('teamMembers', business).some(({ rows }) => rows.some(({ role, active }) => role === 'owner' && active !== false));
		const isLeft = !wasSeen || !seen || seen.first < write.index || seen.rows.some(({ role, active }) => role === 'owner' && active !== false);
		judged.unless(!wasOwner || isLeft || /\bno\b[^.]*\bowner/i.test(judged.ended.shown), 'noOwnerLeft', `business ${business} has no owner any more after ${where(write)}, and nothing says so.`);
	}
}

function judgeOne(judged: Judged): void {
	const { outputs, thrown, plan, shown } = judged.ended;
	for (const write of judged.writes) judgeWrite(judged, write);
	judgeInvitationsMade(judged);
	judgeOwnersLeft(judged);
	judged.unless(!(plan.operation === 'offboard' && plan.dryRun) || judged.writes.length === 0, 'dryRun', 'a dry run wrote.');
	for (const [index, item] of plan.items.entries()) {
		const answers = outputs.filter(({ pairedItem }) => (pairedItem as { item: number } | undefined)?.item === index).map(({ json }) => json);
		if (thrown?.item === index) answers.push(thrown);
		judged.unless(answers.length > 0 || (thrown !== undefined && !plan.continueOnFail), 'everyItem', `item ${index} has neither an item nor an error.`);
		for (const answer of answers) judgeText(judged, JSON.stringify([answer.error, answer.message]), item);
		for (const answer of answers) judgeSingle(judged, answer, item);
	}
	const placed = outputs.flatMap(({ json, pairedItem }) => reportsIn(json, (pairedItem as { item: number }).item));
	for (const { item, report } of [...placed, ...reportsIn(thrown, Number(thrown?.item))]) {
		if (plan.operation === 'offboard') judgeOffboarding(judged, report, plan.items[item]);
		if (plan.operation === 'onboard') judgeOnboarding(judged, report, plan.items[item]);
	}
	judged.unless(!SECRETS.some((secret) => shown.includes(secret)), 'secret', 'a secret was shown.');
	judged.unless(!shown.includes('unexpected error occurred'), 'unexpected', `an unexpected error was thrown: ${shown.slice(0, 300)}`);
}

/** All violations of the rules by the executions; empty if there are none. */
export function judge(world: World, ended: Ended[]): Violation[] {
	return ended.flatMap((one, run) => {
		const judged = new Judged(world, run, one);
		judgeOne(judged);
		return judged.violations;
	});
}
