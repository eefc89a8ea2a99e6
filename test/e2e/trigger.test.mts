// The trigger on a real n8n with the packed package, in each of n8n's three ways to poll. What comes out is
// held against the sandbox's own history of what happened.
import assert from 'node:assert/strict';
import { after, before, describe, test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { BILLSPRING, HARBOUR } from './support.mts';
import { DEFAULT_EVENTS } from './trigger/changes.mts';
import { ENGINES, type Engine } from './trigger/engines.mts';
import { Lab } from './trigger/lab.mts';
import type { People } from './trigger/people.mts';
import { reportTable, type Row } from './trigger/table.mts';

const only = process.env['TRIGGER_ENGINE'];
const rows: Row[] = [];

/** Nothing false, nothing twice, nothing lost; no error unless it is told. */
function assertExact(row: Row, { errors = 0 } = {}): void {
	const { made, untrue, lost, repeated } = row;
	const text = JSON.stringify({ made, emitted: row.emitted, errors: row.errors }, undefined, 1);
	assert.deepEqual({ untrue, lost, repeated }, { untrue: [], lost: [], repeated: [] }, text);
	assert.equal(row.errors.length, errors, text);
}

/** One error execution for each kind of trouble at most: their texts differ. */
function assertOneErrorOfEachKind({ errors }: Row): void {
	assert.equal(new Set(errors).size, errors.length, JSON.stringify(errors, undefined, 1));
}

function defineEngine(engine: Engine): void {
	let lab: Lab;
	let billSpring: People;
	let harbour: People;

	async function scenario(context: TestContext, name: string, play: () => Promise<void>): Promise<Row> {
		const row = await lab.scenario(name, play);
		rows.push(row);
		for (const message of row.errors) context.diagnostic(`error execution: ${message}`);
		return row;
	}

	before(async () => {
		lab = await Lab.open(engine);
		billSpring = lab.people(BILLSPRING);
		harbour = lab.people(HARBOUR);
	});
	after(async () => await lab.close());

	test('publishing takes a silent baseline', async (context) => {
		assertExact(await scenario(context, 'publish', async () => await lab.publish()));
	});

	test('changes one after another come out one after another', async (context) => {
		const steps = [
			() => billSpring.join('wanda.first@example.net'),
			() => billSpring.role('wanda.first@example.net', 'business_manager'),
			() => billSpring.address('wanda.first@example.net', 'wanda.second@example.net'),
			() => billSpring.deactivate('wanda.second@example.net'),
			() => billSpring.reactivate('wanda.second@example.net'),
			() => billSpring.invite('ines.asked@example.net'),
			() => billSpring.accept('ines.asked@example.net'),
			() => billSpring.invite('paul.asked@example.net'),
			() => billSpring.revoke('paul.asked@example.net'),
			() => billSpring.newId('wanda.second@example.net'),
			() => billSpring.leave('wanda.second@example.net'),
		];
		const row = await scenario(context, 'one after another', async () => {
			for (const step of steps) {
				const [emitted, happened] = [lab.emitted.length, lab.history.length];
				step();
				await lab.emittedAtLeast(emitted + lab.history.length - happened);
			}
		});
		assertExact(row);
		assert.deepEqual(row.emitted, row.made);
	});

	test('many changes in two businesses between two polls', async (context) => {
		const row = await scenario(context, 'many in one poll', async () => {
			await lab.polls(1);
			billSpring.join('first.ofmany@example.net');
			billSpring.join('second.ofmany@example.net', 'contractor');
			billSpring.role('odalys.brandt@example.com', 'business_manager');
			billSpring.deactivate('ivo.castellan@example.com');
			billSpring.leave('calum.prewitt@example.com');
			billSpring.invite('third.ofmany@example.net');
			harbour.join('fourth.ofmany@example.net');
			const [, , gone, other] = harbour.all;
			assert.ok(gone && other);
			harbour.leave(gone.email);
			harbour.role(other.email, 'contractor');
		});
		assertExact(row);
	});

	test('the access token expires and the refresh token is renewed, twice', async (context) => {
		const { counts } = lab.world.sandbox.parts.oauth;
		const { refreshes, reuseAttempts } = { ...counts };
		const row = await scenario(context, 'token expired twice', async () => {
			for (const email of ['tom.token@example.net', 'tilda.token@example.net']) {
				await lab.world.control('POST', '/oauth/expire');
				billSpring.join(email);
				await lab.emittedAtLeast(lab.emitted.length + 1);
			}
		});
		assertExact(row);
		assert.equal(counts.refreshes - refreshes, 2);
		assert.equal(counts.reuseAttempts - reuseAttempts, 0);
	});

	test('kill -9 between polls: what happened before, while it was down and after', async (context) => {
		const row = await scenario(context, 'kill -9 between polls', async () => {
			billSpring.join('kim.before@example.net');
			await lab.emittedAtLeast(lab.emitted.length + 1);
			await lab.polls(2);
			billSpring.role('kim.before@example.net', 'contractor');
			billSpring.leave('teodor.wexley@example.com');
			await lab.cutPower();
			billSpring.join('kit.down@example.net');
			await lab.world.control('POST', '/oauth/expire');
			await lab.world.n8n.start();
			harbour.join('kai.after@example.net');
		});
		assertExact(row);
	});

	test('kill -9 during a poll', async (context) => {
		const row = await scenario(context, 'kill -9 during a poll', async () => {
			await lab.polls(1);
			await lab.fault({ kind: 'delay', route: `GET /${BILLSPRING}/team_members/[0-9a-f-]+$`, ms: 30_000, count: 0 });
			billSpring.leave('mirela.okafor@example.com');
			billSpring.role('kit.down@example.net', 'business_manager');
			await lab.requestUnderWay(new RegExp(`/${BILLSPRING}/team_members/[0-9a-f-]+$`));
			await lab.cutPower();
			await lab.noFaults();
			await lab.world.n8n.start();
		});
		assertExact(row);
	});

	test('FreshBooks is down for 60 s when n8n starts: the trigger lives and tells what happened', async (context) => {
		const row = await scenario(context, 'FreshBooks down at restart, 60 s', async () => {
			await lab.world.n8n.stop();
			await lab.outage(60_000);
			billSpring.join('dora.outage@example.net');
			await lab.world.n8n.start();
			billSpring.leave('kim.before@example.net');
			await lab.outageOver();
		});
		assertOneErrorOfEachKind(row);
		assertExact(row, { errors: row.errors.length });
		assert.equal(await lab.world.n8n.client.publicationStatus(lab.workflowId), 'published');
	});

	test('FreshBooks is down for many polls, in two ways, again and again', async (context) => {
		const errorsBefore = lab.rows.at(-1)?.errors ?? [];
		const row = await scenario(context, 'FreshBooks down for many polls', async () => {
			for (const email of ['ada.dark@example.net', 'ben.dark@example.net']) {
				await lab.outage(15_000);
				billSpring.join(email);
				await lab.outageOver();
				await lab.emittedAtLeast(lab.emitted.length + 1);
				await lab.fault({ kind: 'status', status: 503, route: 'GET .*', count: 0 });
				harbour.join(email);
				await sleep(15_000);
				await lab.noFaults();
			}
		});
		assertExact(row, { errors: row.errors.length });
		assertOneErrorOfEachKind({ ...row, errors: [...errorsBefore, ...row.errors] });
		assert.ok(row.errors.length > 0, 'an outage is told');
	});

	test('FreshBooks shows an empty list and denies everyone: no removal, one clear error', async (context) => {
		const row = await scenario(context, 'list emptied', async () => {
			await lab.fault({ kind: 'emptyList', route: `GET /${BILLSPRING}/team_members$`, count: 0 });
			await lab.polls(2);
			const denied = { kind: 'status', status: 404, body: { error: 'not_found' }, count: 0 };
			await lab.fault({ ...denied, route: `GET /${BILLSPRING}/team_members/[0-9a-f-]+$` });
			await lab.polls(4);
			await lab.look();
			await lab.noFaults();
			billSpring.join('eve.afterwards@example.net');
		});
		assertExact(row, { errors: 1 });
		const text = `${lab.failed.at(-1)?.message} ${lab.failed.at(-1)?.description}`;
		context.diagnostic(text);
		const known = billSpring.count - 1;
		assert.match(text, new RegExp(`${known} of ${known} people disappeared from BillSpring`));
		assert.match(text, /Max Removals/);
	});

	test('too many really leave: held until the limit is raised, then told', async (context) => {
		const row = await scenario(context, 'many leave, limit raised', async () => {
			const leavers = billSpring.all.slice(-6).map(({ email }) => email);
			const emitted = lab.emitted.length;
			for (const email of leavers) billSpring.leave(email);
			await lab.polls(3);
			await lab.look();
			assert.equal(lab.emitted.length, emitted, 'held');
			await lab.publish({ options: { maxRemovals: 100, maxRemovalsUnit: 'percent' } });
		});
		assertExact(row, { errors: 1 });
	});

	test('events, businesses and source change while it is live', async (context) => {
		const limit = { maxRemovals: 50, maxRemovalsUnit: 'count' };
		const events = await scenario(context, 'events changed live', async () => {
			await lab.polls(1);
			billSpring.join('liv.events@example.net');
			await lab.publish({ events: DEFAULT_EVENTS, options: limit });
			billSpring.invite('unseen.events@example.net');
			await lab.polls(2);
		});
		// The invitation was made while no invitation event was chosen.
		assertExact(events);
		await scenario(context, 'invitation events chosen again', async () => await lab.publish({ options: limit })).then(assertExact);
		const businesses = await scenario(context, 'businesses changed live', async () => {
			await lab.polls(1);
			billSpring.join('liv.businesses@example.net');
			await lab.publish({ businessIds: [BILLSPRING], options: limit });
			harbour.join('unseen.businesses@example.net');
			await lab.polls(2);
		});
		assertExact(businesses);
		const more = await scenario(context, 'business added live', async () => {
			await lab.publish({ businessIds: [BILLSPRING, HARBOUR], options: limit });
			await lab.polls(2);
			harbour.leave('unseen.businesses@example.net');
		});
		assertExact(more);
		const source = await scenario(context, 'source changed live', async () => {
			await lab.publish({ source: 'businessMembers', options: limit });
			await lab.polls(2);
			billSpring.leave('liv.businesses@example.net');
			await lab.emittedAtLeast(lab.emitted.length + 1);
			await lab.publish({ source: 'teamMembers', options: limit });
			await lab.polls(2);
			billSpring.join('liv.source@example.net');
		});
		assertExact(source);
	});

	test('kill -9 before the first scheduled poll', async (context) => {
		const row = await scenario(context, 'kill -9 before the first scheduled poll', async () => {
			await untilJustAfterATick(lab.pollEverySeconds);
			const polls = lab.requestsForMe;
			await lab.publishAnew();
			await lab.until(() => lab.requestsForMe > polls, 'the poll of the publication', 10_000);
			billSpring.join('zoe.early@example.net');
			await sleep(200);
			await lab.cutPower();
			assert.equal(lab.requestsForMe - polls, 1, 'one poll until the power was cut');
			await lab.world.n8n.start();
		});
		if (engine.keepsFirstBaseline) assertExact(row);
		else assert.deepEqual([row.untrue, row.repeated, row.errors], [[], [], []]);
	});
}

/** Waits until a second at which polls begin has just passed. */
async function untilJustAfterATick(everySeconds: number): Promise<void> {
	const every = everySeconds * 1000;
	await sleep(every - (Date.now() % every) + 500);
}

for (const engine of ENGINES.filter(({ key }) => only === undefined || key === only)) {
	describe(`n8n polls: ${engine.name}`, () => defineEngine(engine));
}

after(async () => await reportTable(rows));
