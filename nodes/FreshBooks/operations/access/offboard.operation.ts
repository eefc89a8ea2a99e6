import { updateDisplayOptions, type IDataObject } from 'n8n-workflow';

import { refusal } from '../../client/errors';
import { addressKey } from '../../client/identifiers';
import { offboardEverywhere, type Leaver } from '../../people/offboarding';
import { businessesParameters, readChosenBusinesses, resolveBusinesses, type ChosenBusinesses } from '../common/chosenBusinesses';
import { agentNotice, emailParameter, notPublishedNotice, optionsCollection, movedOption } from '../common/descriptions';
import { operation } from '../common/operation';

interface Input extends Leaver {
	chosen: ChosenBusinesses;
	failOnPartial: boolean;
	ifNotFound: string;
}

export const offboard = operation<Input>({
	writes: true,
	description: updateDisplayOptions({ show: { resource: ['access'], operation: ['offboard'] } }, [
		{ ...agentNotice("switch 'Dry Run' on"), displayOptions: { show: { '@tool': [true], dryRun: [false] } } },
		notPublishedNotice,
		emailParameter('Address of the person to offboard'),
		...businessesParameters,
		{
			displayName: 'Dry Run',
			name: 'dryRun',
			type: 'boolean',
			default: false,
			description: 'Whether to only report what would be removed, so that somebody can approve it first',
		},
		optionsCollection([
			movedOption('Dry Run', 'dryRun', "To fix this, set the parameter 'Dry Run' above, and remove this option."),
			{
				displayName: 'Fail If Incomplete',
				name: 'failOnPartial',
				type: 'boolean',
				default: true,
				description:
					"Whether to stop with an error, with the report in its details, if access is left somewhere. Otherwise the status is 'partial', or 'refused' for the only owner and the connected user.",
			},
			{
				displayName: 'If Not Found',
				name: 'ifNotFound',
				type: 'options',
				default: 'error',
				description: 'What to do if the person is in none of the businesses',
				options: [
					{ name: 'Stop with Error', value: 'error', description: 'Treat it as a mistake in the input' },
					{ name: 'Succeed', value: 'succeed', description: "Return an item with the status 'notFound'" },
				],
			},
			{
				displayName: 'Include Other Addresses',
				name: 'includeOtherAddresses',
				type: 'boolean',
				default: false,
				description: 'Whether to remove the same person under other addresses as well. Otherwise these are only reported.',
			},
			{
				displayName: 'Staff Records',
				name: 'staff',
				type: 'options',
				default: 'leave',
				description: "What to do with the person's records in accounting",
				options: [
					{ name: 'Archive', value: 'archive', description: 'Archive them. Their history stays.' },
					{ name: 'Leave', value: 'leave', description: 'Only report them' },
				],
			},
		]),
	]),
	read(parameters) {
		const options = parameters.collection('options');
		const chosen = readChosenBusinesses(parameters);
		return {
			email: parameters.email(),
			chosen,
			chosenOneByOne: !chosen.all,
			dryRun: parameters.boolean('dryRun', 'Dry Run', false),
			archiveStaff: parameters.optionIn(options, 'staff', 'Staff Records', ['leave', 'archive']) === 'archive',
			failOnPartial: parameters.optionalBoolean(options, 'failOnPartial', 'Fail If Incomplete') ?? true,
			ifNotFound: parameters.optionIn(options, 'ifNotFound', 'If Not Found', ['error', 'succeed']),
			includeOtherAddresses: parameters.optionalBoolean(options, 'includeOtherAddresses', 'Include Other Addresses') ?? false,
		};
	},
	serialKey: ({ email }) => addressKey(email),
	async execute(session, input) {
		const report = { ...(await offboardEverywhere(session, input, await resolveBusinesses(session, input.chosen))) };
		if (report.status === 'partial' && input.failOnPartial) {
			throw refusal(report.message, 'Check the report in the error details: it says what is left. Completed changes remain. Fix the reasons, then run it again for the rest.', report);
		}
		// A dry run has nothing to leave: that the person cannot be removed is its result.
		if (report.status === 'refused' && input.failOnPartial && !input.dryRun) {
			throw refusal(report.message, "Nothing was changed. If this is not an error for you, switch off the option 'Fail If Incomplete': the status is then 'refused'.", report);
		}
		if (report.status === 'notFound' && input.ifNotFound === 'error') {
			throw refusal(
				report.message.replace(/\.$/, ''),
				"Check 'Email' and 'Businesses'. If the person may be absent, set the option 'If Not Found' to Succeed.",
				report,
			);
		}
		return [report as unknown as IDataObject];
	},
});
