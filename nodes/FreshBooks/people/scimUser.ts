import type { IDataObject } from 'n8n-workflow';

import type { BusinessMember } from '../api/businessMembers';
import { isoOrNull } from '../api/dates';
import type { TeamMember } from '../api/teamMembers';
import { roleTitle } from './roles';

/**
 * Converts FreshBooks' people to SCIM 2.0 users (RFC 7643, section 4.1), for identity graphs and SCIM directories. Other fields go
 * to an extension schema (section 3.3). An attribute without a value is omitted (section 2.5: unassigned). Pure.
 */

export const SCIM_USER = 'urn:ietf:params:scim:schemas:core:2.0:User';
export const SCIM_FRESHBOOKS_USER = 'urn:ietf:params:scim:schemas:extension:freshbooks:2.0:User';

/** The fields of a person that SCIM needs; null if unknown. */
export interface ScimSource {
	/** Unique among the people of a business; never empty. */
	id: string;
	/** The person's FreshBooks identity, the same in every business. */
	identityId?: number | null;
	email: string | null;
	firstName?: string | null;
	middleName?: string | null;
	lastName?: string | null;
	jobTitle?: string | null;
	phoneNumber?: string | null;
	address?: ScimAddress;
	active: boolean | null;
	role: string | null;
	createdAt?: string | null;
	updatedAt?: string | null;
	/** Further FreshBooks fields, for the extension. */
	freshBooks?: IDataObject;
}

export interface ScimAddress {
	streetAddress: string | null;
	locality: string | null;
	region: string | null;
	postalCode: string | null;
	/** ISO 3166-1 alpha-2. Any other value is omitted, as the RFC requires (4.1.2, addresses). */
	country: string | null;
}

function isAssigned(value: unknown): boolean {
	if (value === null || value === undefined || value === '') return false;
	return typeof value !== 'object' || Object.keys(value).length > 0;
}

function assigned(fields: IDataObject): IDataObject {
	return Object.fromEntries(Object.entries(fields).filter(([, value]) => isAssigned(value)));
}

function fullName({ firstName, middleName, lastName }: ScimSource): string {
	return [firstName, middleName, lastName].filter((part) => part).join(' ');
}

function rolesOf(role: string | null): IDataObject[] {
	return role === null ? [] : [assigned({ value: role, display: roleTitle(role), primary: true })];
}

function addressesOf(address: ScimAddress | undefined): IDataObject[] {
	if (!address) return [];
	const country = address.country !== null && /^[A-Za-z]{2}$/.test(address.country) ? address.country.toUpperCase() : null;
	const fields = assigned({ ...address, country });
	return Object.keys(fields).length === 0 ? [] : [{ ...fields, type: 'work' }];
}

/** Converts a person to a SCIM user. */
export function toScimUser(person: ScimSource): IDataObject {
	const { id, email, identityId = null, firstName = null, middleName = null, lastName = null } = person;
	const extension = assigned({ ...person.freshBooks, identityId });
	const hasExtension = Object.keys(extension).length > 0;
	return assigned({
		schemas: hasExtension ? [SCIM_USER, SCIM_FRESHBOOKS_USER] : [SCIM_USER],
		id,
		externalId: identityId === null ? null : String(identityId),
		userName: email ?? id,
		name: assigned({ formatted: fullName(person), givenName: firstName, middleName, familyName: lastName }),
		displayName: fullName(person),
		title: person.jobTitle ?? null,
		emails: email === null ? [] : [{ value: email, type: 'work', primary: true }],
		phoneNumbers: person.phoneNumber ? [{ value: person.phoneNumber, type: 'work' }] : [],
		addresses: addressesOf(person.address),
		active: person.active,
		roles: rolesOf(person.role),
		meta: assigned({ resourceType: 'User', created: isoOrNull(person.createdAt), lastModified: isoOrNull(person.updatedAt) }),
		[SCIM_FRESHBOOKS_USER]: extension,
	});
}

/** Converts a row of the published list. */
export function scimSourceOfTeamMember(member: TeamMember): ScimSource {
	const { address } = member;
	return {
		id: member.uuid,
		identityId: member.identityId,
		email: member.email,
		firstName: member.firstName,
		middleName: member.middleName,
		lastName: member.lastName,
		jobTitle: member.jobTitle,
		phoneNumber: member.phoneNumber,
		address: {
			streetAddress: [address.street1, address.street2].filter((line) => line !== null).join('\n') || null,
			locality: address.city,
			region: address.province,
			postalCode: address.postalCode,
			country: address.countryCode ?? address.country,
		},
		active: member.active,
		role: member.role,
		createdAt: member.createdAt,
		updatedAt: member.updatedAt,
		freshBooks: {
			businessId: member.businessId,
			teamMemberId: member.uuid,
			invitationAcceptedAt: isoOrNull(member.invitationAcceptedAt),
		},
	};
}

/** Converts a row of the members list or of a business group. */
export function scimSourceOfBusinessMember(member: BusinessMember, businessId: number): ScimSource {
	return {
		id: String(member.id ?? member.identityId ?? member.email ?? ''),
		identityId: member.identityId,
		email: member.email,
		firstName: member.firstName,
		lastName: member.lastName,
		active: member.active,
		role: member.role,
		freshBooks: { businessId, memberId: member.id, confirmed: member.confirmed },
	};
}
