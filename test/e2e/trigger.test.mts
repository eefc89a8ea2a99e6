// The trigger on a real n8n with the packed package, with each of n8n's three polling engines. Its items are compared with the
// sandbox's history. TRIGGER_ENGINE=memory|scheduler|cursors runs only that engine.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { BILLSPRING, HARBOUR } from './support.mts';
import { DEFAULT_EVENTS } from './trigger/changes.mts';
import { ENGINES, type Engine } from './trigger/engines.mts';
import { Lab } from './trigger/lab.mts';
import type { People } from './trigger/people.mts';
import { reportTable, type Row } from './trigger/table.mts';

const LISTING = `GET /${BILLSPRING}/team_members$`;
const LOOK_UP = `/${BILLSPRING}/team_members/[0-9a-f-]+$`;
/** A limit that allows every removal of the scenarios. */
const LIMIT = { maxRemovals: 50, maxRemovalsUnit: 'count' };

const rows: Row[] = [];

function play(engine: Engine): void {
	let lab: Lab;
	let billSpring: People;
	let harbour: People;
	/** Since n8n's last start: after a restart an error may be reported again. */
	let errorsOfThisLife: string[] = [];

	async function scenario(context: TestContext, name: string, work: () => Promise<void>, mayLose = false): Promise<Row> {
		const row = await lab.scenario(name, work, { mayLose });
		rows.push(row);
		errorsOfThisLife.push(...row.errors);
		for (const message of row.errors) context.diagnostic(`error execution: ${message}`);
		return row;
	}

	/** Checks that no item is false, none is lost, and none is repeated unless n8n makes that unavoidable. */
	function assertTrue(row: Row, mayRepeat = engine.mayRepeat): void {
		const { made, emitted, untrue, lost, repeated, errors } = row;
		const found = { untrue, lost, repeated: mayRepeat ? [] : repeated };
		assert.deepEqual(found, { untrue: [], lost: [], repeated: [] }, JSON.stringify({ made, emitted, errors }, undefined, 1));
	}

	function assertTrueWithoutErrors(row: Row, mayRepeat?: boolean): void {
		assertTrue(row, mayRepeat);
		assert.deepEqual(row.errors, []);
	}

	/**
	 * Checks that an outage is reported once per quarter of an hour: for all businesses, or for each by name. If it begins or ends during
	 * a poll, a business's invitations and its people are two troubles: without invitations, people are still compared.
	 */
	function assertOutageReportedOnce(): void {
		const places = errorsOfThisLife.map((message) => {
			const place = /^(.*?): FreshBooks/.exec(message)?.[1];
			return place === undefined ? 'all' : `${message.includes(' for invitations of ') ? 'invitations' : 'people'} of ${place}`;
		});
		assert.deepEqual(places, [...new Set(places)], JSON.stringify(errorsOfThisLife, undefined, 1));
		assert.ok(places.length > 0, 'the outage is reported');
	}

	async function start(): Promise<void> {
		errorsOfThisLife = [];
		await lab.world.n8n.start();
	}

	before(async () => {
		lab = await Lab.open(engine);
		billSpring = lab.people(BILLSPRING);
		harbour = lab.people(HARBOUR);
	});
	afterEach(async () => await lab.noFaults());
	after(async () => await lab.close());

	test('publishing stores a baseline without items', async (context) => {
		assertTrueWithoutErrors(await scenario(context, 'publish', async () => await lab.publish()));
	});

	test('successive changes are emitted in succession', async (context) => {
		const steps = [
			() => {
				billSpring.join('wanda.first@example.net');
				billSpring.invite('ines.asked@example.net');
			},
			() => {
				billSpring.role('wanda.first@example.net', 'business_manager');
				billSpring.accept('ines.asked@example.net');
			},
			() => {
				billSpring.address('wanda.first@example.net', 'wanda.second@example.net');
				billSpring.invite('paul.asked@example.net');
			},
			() => {
				billSpring.deactivate('wanda.second@example.net');
				billSpring.revoke('paul.asked@example.net');
			},
			() => billSpring.reactivate('wanda.second@example.net'),
			() => billSpring.newId('wanda.second@example.net'),
			() => billSpring.leave('wanda.second@example.net'),
		];
		const made: string[][] = [];
		const row = await scenario(context, 'one after another', async () => {
			for (const step of steps) made.push(await lab.happens(step));
		});
		assertTrueWithoutErrors(row);
		if (row.repeated.length > 0) return;
		const emitted = [...row.emitted];
		for (const step of made) assert.deepEqual(emitted.splice(0, step.length).sort(), step.sort());
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
		assertTrueWithoutErrors(row);
	});

	test('the access token expires and the refresh token is renewed, twice', async (context) => {
		const { counts } = lab.world.sandbox.parts.oauth;
		const { refreshes, reuseAttempts } = { ...counts };
		const row = await scenario(context, 'token expired twice', async () => {
			for (const email of ['tom.token@example.net', 'tilda.token@example.net']) {
				await lab.world.control('POST', '/oauth/expire');
				await lab.happens(() => billSpring.join(email));
			}
		});
		assertTrueWithoutErrors(row);
		assert.deepEqual([counts.refreshes - refreshes, counts.reuseAttempts - reuseAttempts], [2, 0]);
	});

	test('kill -9 between polls: changes before, during and after the downtime', async (context) => {
		const row = await scenario(context, 'kill -9 between polls', async () => {
			await lab.happens(() => billSpring.join('kim.before@example.net'));
			await lab.polls(1);
			billSpring.role('kim.before@example.net', 'contractor');
			billSpring.leave('teodor.wexley@example.com');
			await lab.cutPower();
			billSpring.join('kit.down@example.net');
			await lab.world.control('POST', '/oauth/expire');
			await start();
			harbour.join('kai.after@example.net');
		});
		assertTrueWithoutErrors(row);
	});

	test('kill -9 during a poll', async (context) => {
		const row = await scenario(context, 'kill -9 during a poll', async () => {
			await lab.polls(1);
			await lab.fault({ kind: 'delay', route: `GET ${LOOK_UP}`, ms: 30_000, count: 0 });
			billSpring.leave('mirela.okafor@example.com');
			billSpring.role('kit.down@example.net', 'business_manager');
			await lab.requestUnderWay(new RegExp(LOOK_UP));
			await lab.cutPower();
			await lab.noFaults();
			await start();
		});
		assertTrueWithoutErrors(row);
	});

	test('FreshBooks is down for 60 s when n8n starts: the trigger works and reports the changes', async (context) => {
		const row = await scenario(context, 'FreshBooks down at restart, 60 s', async () => {
			await lab.world.n8n.stop();
			await lab.outage(60_000);
			billSpring.join('dora.outage@example.net');
			await start();
			billSpring.leave('kim.before@example.net');
			await lab.outageOver();
		});
		assertTrue(row);
		assertOutageReportedOnce();
		assert.equal(await lab.world.n8n.client.publicationStatus(lab.workflowId), 'published');
	});

	test('FreshBooks fails repeatedly, in two ways: reported once', async (context) => {
		const row = await scenario(context, 'FreshBooks comes and goes', async () => {
			await lab.fault({ kind: 'status', status: 503, route: 'GET .*', count: 0 });
			harbour.join('hal.dark@example.net');
			await sleep(12_000);
			await lab.noFaults();
			await lab.polls(1);
			await lab.outage(6_000);
			billSpring.join('ada.dark@example.net');
			await lab.outageOver();
			await lab.polls(1);
			await lab.fault({ kind: 'status', status: 503, route: 'GET .*', count: 0 });
			await sleep(6_000);
			await lab.noFaults();
		});
		assertTrue(row);
		assertOutageReportedOnce();
	});

	test('published with another setting while FreshBooks is down: it is published and works', async (context) => {
		const row = await scenario(context, 'published during an outage', async () => {
			await lab.polls(1);
			await lab.fault({ kind: 'status', status: 503, route: 'GET .*', count: 0 });
			await lab.publish({ options: { emitExisting: true } });
			await sleep(12_000);
			await lab.noFaults();
			billSpring.join('pia.published@example.net');
		});
		assertTrue(row);
		assertOutageReportedOnce();
		assert.equal(await lab.world.n8n.client.publicationStatus(lab.workflowId), 'published');
	});

	test('FreshBooks returns an empty list, and 404 for everyone: no removal, one clear error', async (context) => {
		const row = await scenario(context, 'list emptied', async () => {
			await lab.fault({ kind: 'emptyList', route: LISTING, count: 0 });
			await lab.polls(1);
			await lab.fault({ kind: 'status', route: `GET ${LOOK_UP}`, status: 404, body: { error: 'not_found' }, count: 0 });
			await lab.polls(3);
			await lab.look();
			await lab.noFaults();
			billSpring.join('eve.afterwards@example.net');
		});
		assertTrue(row);
		const [message, ...others] = row.errors;
		assert.deepEqual(others, []);
		const known = billSpring.count - 1;
		// The poll that was running when the second fault was set had received some responses before it.
		assert.match(message ?? '', new RegExp(`^\\d+ of ${known} people disappeared from BillSpring`));
		assert.match(lab.failed.at(-1)?.description ?? '', /Max Removals/);
	});

	test('too many people leave: held until the limit is raised, then reported', async (context) => {
		const row = await scenario(context, 'many leave, limit raised', async () => {
			await lab.polls(1);
			const leavers = billSpring.all.slice(-6).map(({ email }) => email);
			const emitted = lab.emitted.length;
			for (const email of leavers) billSpring.leave(email);
			await lab.polls(2);
			await lab.look();
			assert.equal(lab.emitted.length, emitted, 'held');
			await lab.publish({ options: LIMIT });
		});
		// Held removals of a business are an error at most once an hour, which the empty list has caused already.
		assertTrueWithoutErrors(row);
	});

	test('events, businesses and source change while it is published', async (context) => {
		// On a busy machine a scheduled poll may still run when the workflow is published. The activation's poll then has the state from before it.
		const changed = async (name: string, work: () => Promise<void>): Promise<void> =>
			assertTrueWithoutErrors(await scenario(context, name, work), true);
		await changed('events changed live', async () => {
			await lab.polls(1);
			billSpring.join('liv.events@example.net');
			await lab.publish({ events: DEFAULT_EVENTS, options: LIMIT });
			billSpring.invite('unseen.events@example.net');
		});
		await changed('businesses and events changed live', async () => {
			billSpring.join('liv.businesses@example.net');
			await lab.publish({ businessIds: [BILLSPRING], options: LIMIT });
			harbour.join('unseen.businesses@example.net');
		});
		await changed('business added live', async () => {
			await lab.publish({ businessIds: [BILLSPRING, HARBOUR], options: LIMIT });
			await lab.polls(2);
			harbour.leave('unseen.businesses@example.net');
		});
		await changed('source changed live', async () => {
			await lab.publish({ source: 'businessMembers', options: LIMIT });
			await lab.polls(2);
			await lab.happens(() => billSpring.leave('liv.businesses@example.net'));
			await lab.publish({ source: 'teamMembers', options: LIMIT });
			await lab.polls(2);
			billSpring.join('liv.source@example.net');
		});
	});

	test('kill -9 before the first scheduled poll', async (context) => {
		const row = await scenario(context, 'kill -9 before the first scheduled poll', async () => {
			const polls = lab.requestsForMe;
			await lab.publishAnew({ quietSeconds: 15 });
			await lab.until(() => lab.requestsForMe > polls, 'the poll of the publication', 10_000);
			billSpring.join('zoe.early@example.net');
			await sleep(1_000);
			await lab.cutPower();
			assert.equal(lab.requestsForMe - polls, 1, 'one poll until the power was cut');
			await start();
			await lab.polls(1);
		}, !engine.keepsFirstBaseline);
		if (engine.keepsFirstBaseline) assertTrueWithoutErrors(row);
		else assert.deepEqual([row.untrue, row.errors], [[], []]);
	});
}

const only = process.env['TRIGGER_ENGINE'];
for (const engine of ENGINES.filter(({ key }) => only === undefined || key === only)) {
	describe(`n8n polls: ${engine.name}`, () => play(engine));
}

after(async () => await reportTable(rows));
