import { NodeConnectionTypes, type INodeExecutionData, type INodeType, type INodeTypeDescription, type IPollFunctions } from 'n8n-workflow';

import { businessesParameters } from '../FreshBooks/methods/businesses';
import { outputFormatOption } from '../FreshBooks/methods/outputFormat';
import { removalLimitOptions } from '../FreshBooks/methods/removalLimit';
import { loadOptions } from '../FreshBooks/methods';

/** The polling trigger as the editor shows it. poll.ts and the files that it uses do the work. */
export class FreshBooksTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'FreshBooks Trigger',
		name: 'freshBooksTrigger',
		icon: { light: 'file:../../icons/freshbooks.svg', dark: 'file:../../icons/freshbooks.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle: '={{ $parameter["events"].map((event) => event.replace(/([A-Z])/g, " $1").replace(/^[a-z]/, (start) => start.toUpperCase())).join(", ") }}',
		description: 'Starts the workflow on FreshBooks team events, such as a person who was added, removed or given another role',
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
					{ name: 'Invitation Accepted', value: 'invitationAccepted', description: 'An invited person accepted' },
					{ name: 'Invitation Created', value: 'invitationCreated', description: 'A person was invited' },
					{ name: 'Invitation Revoked', value: 'invitationRevoked', description: 'An invitation was withdrawn' },
					{ name: 'Member Added', value: 'memberAdded', description: 'A person was added to a business' },
					{ name: 'Member Deactivated', value: 'memberDeactivated', description: 'A person was set to inactive' },
					{ name: 'Member Reactivated', value: 'memberReactivated', description: 'A person was set to active again' },
					{
						name: 'Member Removed',
						value: 'memberRemoved',
						description: 'A person is no longer in a business, and FreshBooks confirmed it',
					},
					{ name: 'Member Updated', value: 'memberUpdated', description: 'The name, address or ID of a person changed' },
					{ name: 'Role Changed', value: 'roleChanged', description: 'A person was given another role' },
				],
			},
			{
				displayName: 'Source',
				name: 'source',
				type: 'options',
				default: 'teamMembers',
				description: "Which of FreshBooks' lists of people to watch",
				options: [
					{ name: 'Team Members', value: 'teamMembers', description: 'The list that FreshBooks documents; IDs are UUIDs' },
					{
						name: 'Business Members',
						value: 'businessMembers',
						description: 'A list that FreshBooks does not document; IDs are whole numbers',
					},
				],
			},
			{
				displayName: 'Options',
				name: 'options',
				type: 'collection',
				placeholder: 'Add option',
				default: { maxRemovals: 20, maxRemovalsUnit: 'percent' },
				options: [
					...removalLimitOptions(
						'If more people of a business than this are missing at once, nothing is reported and an error says so: a lost permission must not look like everybody leaving. A percentage always lets 2 people go.',
					),
					outputFormatOption,
					{
						displayName: 'Report Existing People',
						name: 'emitExisting',
						type: 'boolean',
						default: false,
						description: 'Whether the first poll reports everybody as added. Otherwise it reports nobody.',
					},
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
