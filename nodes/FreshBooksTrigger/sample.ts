import { readList } from '../FreshBooks/api/lists';
import type { FreshBooksClient } from '../FreshBooks/client/client';
import { invitationItem, personItems, type Business, type ChangeItem, type EventName, type ItemContext } from './changes/events';
import type { FieldChange } from './changes/compare';
import type { PendingInvitation, Person, Source } from './changes/person';
import { peopleOf } from './freshBooksPort';
import type { TriggerSettings } from './settings';

/**
 * The items of "Fetch Test Event": one for each chosen event, marked with `test`. The business is real, so that nodes which read it
 * work. The person is in no business: a workflow that is tried out may remove people elsewhere.
 */

/** RFC 2606 reserves example.com. */
function samplePerson(source: Source): Person {
	return {
		id: source === 'teamMembers' ? '00000000-0000-4000-8000-000000000000' : '0',
		email: 'sample.person@example.com',
		firstName: 'Sample',
		lastName: 'Person',
		role: 'business_employee',
		active: true,
		identityId: null,
		invitationAcceptedAt: '2026-01-05T09:00:00Z',
		updatedAt: '2026-01-05T09:00:00Z',
	};
}

function earlier(person: Person, field: 'role' | 'lastName' | 'active', from: string | boolean): { before: Person; fields: FieldChange[] } {
	return { before: { ...person, [field]: from }, fields: [{ field, from, to: person[field] }] };
}

function sampleOf(event: EventName, context: ItemContext): ChangeItem[] {
	const uncounted = { subject: null, turns: {} };
	const person = samplePerson(context.source);
	const inactive = { ...person, active: false };
	const invitation: PendingInvitation = { id: '0', email: person.email, role: person.role, status: 'pending' };
	switch (event) {
		case 'memberAdded':
			return personItems({ before: null, after: person, fields: [], ...uncounted }, context);
		case 'memberRemoved':
			return personItems({ before: person, after: null, fields: [], ...uncounted }, context);
		case 'memberDeactivated':
			return personItems({ ...earlier(inactive, 'active', true), after: inactive, ...uncounted }, context);
		case 'memberReactivated':
			return personItems({ ...earlier(person, 'active', false), after: person, ...uncounted }, context);
		case 'roleChanged':
			return personItems({ ...earlier(person, 'role', 'contractor'), after: person, ...uncounted }, context);
		case 'memberUpdated':
			return personItems({ ...earlier(person, 'lastName', 'Formerly'), after: person, ...uncounted }, context);
		case 'invitationAccepted':
			return personItems({ before: null, after: person, fields: [], accepted: invitation, ...uncounted }, context).filter((item) => item.event === event);
		case 'invitationCreated':
		case 'invitationRevoked':
			return [invitationItem(event, invitation, 'invitation 0', context)];
	}
}

/** The first business whose people can be listed. Throws the last failure when none can; undefined without a business. */
async function findBusiness(client: FreshBooksClient, businesses: Business[], source: Source): Promise<Business | undefined> {
	let lastError: unknown;
	for (const business of businesses) {
		const isListed = await readList(client, peopleOf(business.id, source), 1).then(
			() => true,
			(error: unknown) => {
				lastError = error;
				return false;
			},
		);
		if (isListed) return business;
	}
	return lastError === undefined ? undefined : await Promise.reject(lastError);
}

/** A sample of each chosen event, in the order of `EVENTS`; undefined where there is no business. Throws FreshBooksError. */
export async function sampleItems(client: FreshBooksClient, businesses: Business[], { source, events }: TriggerSettings): Promise<ChangeItem[] | undefined> {
	const business = await findBusiness(client, businesses, source);
	if (!business) return undefined;
	const detectedAt = new Date().toISOString();
	// The baseline is part of every event ID: a second sample is not the first one again.
	const context: ItemContext = { business, source, detectedAt, baselineAt: detectedAt, trigger: '' };
	return [...events].flatMap((event) => sampleOf(event, context)).map(({ event, ...rest }) => ({ event, test: true, ...rest }));
}
