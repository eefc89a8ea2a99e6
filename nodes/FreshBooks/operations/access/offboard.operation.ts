import { addressKey } from '../../client/identifiers';
import { agentNotice, emailParameter, notPublishedNotice, optionsCollection, shownFor } from '../common/descriptions';
import { refusal } from '../../client/errors';
import { operation } from '../common/operation';
import { businessesParameters, readChosenBusinesses, resolveBusinesses, type ChosenBusinesses } from '../common/chosenBusinesses';
import type { Leaver } from '../../people/offboarding';

const shown = shownFor('access', ['offboard']);

interface Input extends Leaver {
	chosen: ChosenBusinesses;
	failOnPartial: boolean;
}

export const offboard = operation<Input>({
	description: [
		agentNotice(shown),
		notPublishedNotice(shown),
		emailParameter(shown, 'Whom to take out of the businesses: pending invitations first, then the membership, then the lists are read again'),
		...businessesParameters(shown),
		optionsCollection(shown, [
			{
				displayName: 'Dry Run',
				name: 'dryRun',
				type: 'boolean',
				default: false,
				description: 'Whether to only report what would be done, for somebody to approve',
			},
			{
				displayName: 'Fail on Partial',
				name: 'failOnPartial',
				type: 'boolean',
				default: true,
				description:
					"Whether a person who could not be taken out everywhere is an error, with the report in it; otherwise an item with the status 'partial'",
			},
			{
				displayName: 'Staff Records',
				name: 'staff',
				type: 'options',
				default: 'leave',
				description: "What to do with the person's records in accounting",
				options: [
					{ name: 'Archive', value: 'archive', description: 'Archive them; their history stays' },
					{ name: 'Leave', value: 'leave', description: 'Leave them as they are, and report them' },
				],
			},
		]),
	],
	read(parameters) {
		const options = parameters.collection('options');
		const chosen = readChosenBusinesses(parameters);
		return {
			email: parameters.email(),
			chosen,
			chosenOneByOne: !chosen.all,
			dryRun: parameters.optionalBoolean(options, 'dryRun', 'Dry Run') ?? false,
			archiveStaff: parameters.optionIn(options, 'staff', 'Staff Records', ['leave', 'archive']) === 'archive',
			failOnPartial: parameters.optionalBoolean(options, 'failOnPartial', 'Fail on Partial') ?? true,
		};
	},
	serialKey: ({ email }) => addressKey(email),
	async execute(session, input) {
		const { offboardEverywhere } = await import('../../people/offboarding');
		const report = await offboardEverywhere(session, input, await resolveBusinesses(session, input.chosen));
		if (report.status !== 'partial' || !input.failOnPartial) return [report];
		throw refusal(
			report.message,
			'What was done stays done. The report in the error details says what is left; running it again finishes the rest.',
			report,
		);
	},
});
