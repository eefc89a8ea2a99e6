import { updateDisplayOptions, type IDataObject } from 'n8n-workflow';

import { outputFormatOption } from '../../methods/outputFormat';
import { addressKey } from '../../client/identifiers';
import { getTeamMember, type TeamMember } from '../../api/teamMembers';
import { scimSourceOfTeamMember, toScimUser } from '../../people/scimUser';
import { businessLocator, memberByUuidLocator, optionsCollection, simplifyParameter } from '../common/descriptions';
import { findTeamMember } from '../../people/membership';
import { operation } from '../common/operation';
import type { ByEmail, ById } from '../common/parameters';
import type { Session } from '../../people/session';
import { simplifyTeamMember } from '../common/simplify';
import { businessOf } from '../../people/namedBusiness';

interface Input {
	businessId: number;
	member: ById<string> | ByEmail;
	simplify: boolean;
	scim: boolean;
}

async function find(session: Session, { businessId, member }: Input): Promise<TeamMember> {
	return member.by === 'id' ? await getTeamMember(session.client, businessId, member.id) : await findTeamMember(session, businessId, member.email);
}

export const get = operation<Input>({
	description: updateDisplayOptions({ show: { resource: ['teamMember'], operation: ['get'] } }, [
		businessLocator,
		memberByUuidLocator,
		simplifyParameter,
		optionsCollection([outputFormatOption]),
	]),
	read: (parameters) => ({
		businessId: parameters.businessId(),
		member: parameters.memberByUuid(),
		simplify: parameters.boolean('simplify', 'Simplify', true),
		scim: parameters.scimWanted(),
	}),
	serialKey: ({ businessId, member }) => `${businessId} ${member.by === 'id' ? member.id : addressKey(member.email)}`,
	async execute(session, input) {
		const member = await find(session, input);
		if (input.scim) return [toScimUser(scimSourceOfTeamMember(member))];
		if (!input.simplify) return [member.raw as IDataObject];
		return [simplifyTeamMember(member, await businessOf(session, input.businessId))];
	},
});
