import { NodeConnectionTypes, type IExecuteFunctions, type INodeExecutionData, type INodeType, type INodeTypeDescription } from 'n8n-workflow';

import { description as access } from './operations/access';
import { description as business } from './operations/business';
import { description as invitation } from './operations/invitation';
import { description as project } from './operations/project';
import { description as staff } from './operations/staff';
import { description as teamMember } from './operations/teamMember';
import { description as user } from './operations/user';
import { listSearch, loadOptions } from './methods';

/** A review has a second output. n8n evaluates the expression in the editor and at run time. */
const OUTPUTS =
	'$parameter["resource"] === "access" && $parameter["operation"] === "review"' +
	` ? [{ type: "${NodeConnectionTypes.Main}", displayName: "People" }, { type: "${NodeConnectionTypes.Main}", displayName: "Summary" }]` +
	` : [{ type: "${NodeConnectionTypes.Main}" }]`;

/** The action node as the editor shows it. operations/router.ts does the work. */
export class FreshBooks implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'FreshBooks',
		name: 'freshBooks',
		icon: { light: 'file:../../icons/freshbooks.svg', dark: 'file:../../icons/freshbooks.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ ($parameter["operation"].replace("getAll", "getMany") + ": " + $parameter["resource"]).replace(/([A-Z])/g, " $1").replace(/(^|: )[a-z]/g, (start) => start.toUpperCase()) }}',
		description: 'Manage the team members, invitations and staff of FreshBooks businesses',
		defaults: { name: 'FreshBooks' },
		inputs: [NodeConnectionTypes.Main],
		outputs: `={{ ${OUTPUTS} }}`,
		usableAsTool: true,
		credentials: [{ name: 'freshBooksOAuth2Api', required: true }],
		properties: [
			{
				displayName: 'Resource',
				name: 'resource',
				type: 'options',
				noDataExpression: true,
				options: [
					{ name: 'Access', value: 'access', description: 'Onboard, offboard and review people across businesses' },
					{ name: 'Business', value: 'business', description: 'The businesses of the connected user' },
					{ name: 'Invitation', value: 'invitation', description: 'People who were asked to join a business' },
					{ name: 'Project', value: 'project', description: 'Projects, and who works on them' },
					{ name: 'Staff', value: 'staff', description: 'The accounting records of people' },
					{ name: 'Team Member', value: 'teamMember', description: 'People who can log in to a business' },
					{ name: 'User', value: 'user', description: 'The connected user' },
				],
				default: 'teamMember',
			},
			...access,
			...business,
			...invitation,
			...project,
			...staff,
			...teamMember,
			...user,
		],
	};

	methods = { listSearch, loadOptions };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const { router } = await import('./operations/router');
		return await router.call(this);
	}
}
