import { failureOf } from '../FreshBooks/client/errors';
import { readList } from '../FreshBooks/api/lists';
import type { FreshBooksClient } from '../FreshBooks/client/client';
import { INVITATION_EVENTS, invitationItem, personItems, type Business, type ChangeItem, type EventName, type ItemContext } from './changes/events';
import type { FieldChange } from './changes/compare';
import type { PendingInvitation, Person } from './changes/person';
import { peopleOf } from './freshBooksPort';
import type { TriggerSettings } from './settings';

/**
 * Test events: what the chosen events would look like for people who are really there. Nobody real is shown as having left:
 * a workflow tried out by hand may well take that person's other access away.
 */

const SAMPLES = 3;

function earlier(person: Person, field: 'role' | 'lastName' | 'active', from: string | boolean | null): { before: Person; fields: FieldChange[] } {
	return { before: { ...person, [field]: from }, fields: [{ field, from, to: person[field] }] };
}

/** Somebody who is nobody, under an address that RFC 2606 keeps free. */
function inventedLeaver(source: TriggerSettings['source']): Person {
	return {
		id: source === 'teamMembers' ? '00000000-0000-4000-8000-000000000000' : '0',
		email: 'test.event@example.com',
		firstName: 'Test',
		lastName: 'Event',
		role: 'business_employee',
		active: true,
		identityId: null,
		invitationAcceptedAt: null,
		updatedAt: null,
	};
}

function otherRoleThan({ role }: Person): string {
	return role === 'business_employee' ? 'contractor' : 'business_employee';
}

function invitationOf({ email, role }: Person): PendingInvitation {
	return { id: '1', email, role, status: 'pending' };
}

function sampleOf(event: EventName, person: Person, context: ItemContext): ChangeItem[] {
	const uncounted = { subject: null, turns: {} };
	const active = { ...person, active: true };
	const leaver = inventedLeaver(context.source);
	const inactive = { ...leaver, active: false };
	switch (event) {
		case 'memberAdded':
			return personItems({ before: null, after: person, fields: [], ...uncounted }, context);
		case 'memberRemoved':
			return personItems({ before: leaver, after: null, fields: [], ...uncounted }, context);
		case 'memberDeactivated':
			return personItems({ ...earlier(inactive, 'active', true), after: inactive, ...uncounted }, context);
		case 'memberReactivated':
			return personItems({ ...earlier(active, 'active', false), after: active, ...uncounted }, context);
		case 'roleChanged':
			return personItems({ ...earlier(person, 'role', otherRoleThan(person)), after: person, ...uncounted }, context);
		case 'memberUpdated':
			return personItems({ ...earlier(person, 'lastName', 'Formerly'), after: person, ...uncounted }, context);
		case 'invitationAccepted':
			return personItems({ before: null, after: person, fields: [], accepted: invitationOf(person), ...uncounted }, context).filter(
				(item) => item.event === event,
			);
		case 'invitationCreated':
		case 'invitationRevoked':
			return [invitationItem(event, invitationOf(person), 'invitation 1', context)];
	}
}

/** The first people of the first business that can be listed. Throws the last failure when none can. */
async function findPeople(
	client: FreshBooksClient,
	businesses: Business[],
	{ source }: TriggerSettings,
): Promise<{ business: Business; people: Person[] } | undefined> {
	let lastError: unknown;
	for (const business of businesses) {
		const listed = await readList(client, peopleOf(business.id, source), SAMPLES).then(
			({ rows }) => rows,
			(error: unknown) => {
				lastError = error;
				return [];
			},
		);
		if (listed.length > 0) return { business, people: listed };
	}
	if (failureOf(lastError)) return await Promise.reject(lastError);
	return undefined;
}

/** Up to three items for the chosen events, about real people; empty when there is nobody. Throws FreshBooksError. */
export async function sampleItems(client: FreshBooksClient, businesses: Business[], settings: TriggerSettings): Promise<ChangeItem[]> {
	const found = await findPeople(client, businesses, settings);
	if (!found) return [];
	const context: ItemContext = { business: found.business, source: settings.source, detectedAt: new Date().toISOString(), baselineAt: '', trigger: '' };
	const events = [...settings.events].sort((one, other) => Number(INVITATION_EVENTS.includes(one)) - Number(INVITATION_EVENTS.includes(other)));
	return events
		.slice(0, SAMPLES)
		.flatMap((event, index) => sampleOf(event, found.people[index % found.people.length], context));
}
