import { NodeConnectionTypes, type INodeExecutionData, type INodeType, type INodeTypeDescription, type IPollFunctions } from 'n8n-workflow';

import { businessesParameters } from '../FreshBooks/methods/businesses';
import { outputFormatOption } from '../FreshBooks/methods/outputFormat';
import { removalLimitOptions } from '../FreshBooks/methods/removalLimit';
import { loadOptions } from '../FreshBooks/methods';

/** The polling trigger: what the editor shows. The work is in changes/. */
export class FreshBooksTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'FreshBooks Trigger',
		name: 'freshBooksTrigger',
		icon: { light: 'file:../../icons/freshbooks.svg', dark: 'file:../../icons/freshbooks.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle: '={{ $parameter["events"].map((event) => event.replace(/([A-Z])/g, " $1").replace(/^[a-z]/, (start) => start.toUpperCase())).join(", ") }}',
		description: 'Start a workflow when people join a FreshBooks business, change their role, or leave',
		defaults: { name: 'FreshBooks Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		polling: true,
		credentials: [{ name: 'freshBooksOAuth2Api', required: true }],
		properties: [
			...businessesParameters('Whose people to watch', 'Every business whose people the connected user may list'),
			{
				displayName: 'Events',
				name: 'events',
				type: 'multiOptions',
				required: true,
				default: ['memberAdded', 'memberRemoved', 'memberDeactivated', 'memberReactivated', 'roleChanged'],
				description: 'Which changes start the workflow; one item per change',
				options: [
					{ name: 'Invitation Accepted', value: 'invitationAccepted', description: 'An invited person joined' },
					{ name: 'Invitation Created', value: 'invitationCreated', description: 'Somebody was invited' },
					{ name: 'Invitation Revoked', value: 'invitationRevoked', description: 'An invitation was withdrawn' },
					{ name: 'Member Added', value: 'memberAdded', description: 'A person is new in a business' },
					{ name: 'Member Deactivated', value: 'memberDeactivated', description: 'A person was switched to inactive' },
					{ name: 'Member Reactivated', value: 'memberReactivated', description: 'A person was switched back to active' },
					{
						name: 'Member Removed',
						value: 'memberRemoved',
						description: 'A person left a business; reported only after FreshBooks confirmed it',
					},
					{ name: 'Member Updated', value: 'memberUpdated', description: 'Name, address or ID of a person changed' },
					{ name: 'Role Changed', value: 'roleChanged', description: 'A person has another role' },
				],
			},
			{
				displayName: 'Source',
				name: 'source',
				type: 'options',
				default: 'teamMembers',
				description: "Which of FreshBooks' lists of people to watch",
				options: [
					{ name: 'Team Members', value: 'teamMembers', description: "FreshBooks' published list, by UUID" },
					{
						name: 'Business Members',
						value: 'businessMembers',
						description: "By whole number; not in FreshBooks' documentation",
					},
				],
			},
			{
				displayName: 'Options',
				name: 'options',
				type: 'collection',
				placeholder: 'Add option',
				default: {},
				options: [
					{
						displayName: 'Emit Existing',
						name: 'emitExisting',
						type: 'boolean',
						default: false,
						description: 'Whether the first poll reports everyone as added; otherwise it only remembers who is there',
					},
					...removalLimitOptions(
						'More people gone at once than this are taken for trouble, not for leavers: nothing is reported, and an error says so',
						'Of the people known in a business; never fewer than 3 people',
					),
					outputFormatOption,
				],
			},
		],
	};

	methods = { loadOptions };

	async poll(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
		const { poll } = await import('./poll');
		return await poll.call(this);
	}
}
