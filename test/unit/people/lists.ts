import type { IDataObject } from 'n8n-workflow';

import { businessMemberOf } from '../../../nodes/FreshBooks/api/businessMembers';
import { invitationOf } from '../../../nodes/FreshBooks/api/invitations';
import { teamMemberOf } from '../../../nodes/FreshBooks/api/teamMembers';
import type { BusinessLists, ListState } from '../../../nodes/FreshBooks/people/businessLists';

/** Rows as FreshBooks returns them. */
export interface Rows {
	team?: IDataObject[];
	members?: IDataObject[];
	invitations?: IDataObject[];
}

export const uuid = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

/** The lists of a business; complete unless a state is given. */
export function listsOf({ team = [], members = [], invitations = [] }: Rows, states: Partial<Record<keyof BusinessLists, ListState>> = {}): BusinessLists {
	const state = (list: keyof BusinessLists) => ({ state: states[list] ?? ('complete' as const), ...(states[list] ? { reason: `The list ${list} is not complete.` } : {}) });
	return {
		teamMembers: { rows: team.map((row, index) => teamMemberOf({ uuid: uuid(index + 1), active: true, ...row })), ...state('teamMembers') },
		businessMembers: { rows: members.map((row, index) => businessMemberOf({ id: index + 1, ...row })), ...state('businessMembers') },
		invitations: { rows: invitations.map((row, index) => invitationOf({ id: index + 55, ...row })), ...state('invitations') },
	};
}
