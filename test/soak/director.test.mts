import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { FaultedRequest, Hit } from '../../sandbox/freshbooks/faults.mts';
import { FaultDirector, type Caller } from './director.mts';
import type { CallerKind } from './faultPlan.mts';

const GRANT = 3;
const TEAM: FaultedRequest = { method: 'GET', path: '/auth/api/v1/businesses/6101/team_members', query: 'page=1', grant: GRANT };
const INVITATIONS: FaultedRequest = { ...TEAM, path: '/auth/api/v1/business/6101/invitations' };

function directorFor(kind: CallerKind, wasAnsweredTruly = () => true): FaultDirector {
	const callers = new Map<number, Caller>([[GRANT, { name: 'somebody', kind }]]);
	const director = new FaultDirector(11, callers, () => ['a@b.c', 'd@e.f'], wasAnsweredTruly);
	director.active = true;
	return director;
}

function hits(director: FaultDirector, request: FaultedRequest, count: number): Array<Hit | undefined> {
	return Array.from({ length: count }, () => director.direct(request));
}

function isUnnoticeable(hit: Hit | undefined): boolean {
	return (hit?.kind === 'emptyList' || hit?.kind === 'dropRows') && hit.params['keepTotal'] === false;
}

/** An answer that is neither an error nor false. */
function isTruth(hit: Hit | undefined): boolean {
	return hit === undefined;
}

describe('the director', () => {
	it('does nothing to requests of others, and to nobody while it is off', () => {
		const director = directorFor('trigger');
		assert.ok(hits(director, { ...TEAM, grant: 99 }, 200).every(isTruth));
		director.active = false;
		assert.ok(hits(director, TEAM, 200).every(isTruth));
		assert.equal(director.fired.size, 0);
	});

	for (const request of [TEAM, INVITATIONS]) {
		it(`gives ${request.path.split('/').at(-1)} no undetectable false answer twice without a true one between`, () => {
			let owesTruth = false;
			let falseAnswers = 0;
			const director = directorFor('trigger', () => !owesTruth);
			for (let asked = 0; asked < 5_000; asked++) {
				const hit = director.direct(request);
				if (isUnnoticeable(hit)) {
					assert.ok(!owesTruth);
					owesTruth = true;
					falseAnswers += 1;
				} else if (isTruth(hit)) owesTruth = false;
			}
			assert.ok(falseAnswers > 20, `${falseAnswers}`);
		});
	}

	it('gives no second false answer when the true one did not arrive', () => {
		assert.equal(hits(directorFor('trigger', () => false), INVITATIONS, 3_000).filter(isUnnoticeable).length, 1);
	});

	it('gives callers that write only false answers that can be detected', () => {
		const answers = [...hits(directorFor('writer'), TEAM, 3_000), ...hits(directorFor('writer'), INVITATIONS, 3_000)];
		assert.ok(answers.some((hit) => hit?.kind === 'dropRows'));
		assert.ok(!answers.some(isUnnoticeable));
	});

	it('drops the same person several times in a row where the total shows it', () => {
		const dropped = hits(directorFor('trigger'), TEAM, 3_000).map((hit) => (hit?.kind === 'dropRows' && hit.params['keepTotal'] === true ? String(hit.params['emails']) : '-'));
		assert.match(dropped.join(' '), /(a@b\.c )\1{3}|(d@e\.f )\2{3}/);
	});

	it('counts every hit by the name of its fault, and records false answers', () => {
		const director = directorFor('trigger');
		const made = hits(director, TEAM, 2_000).filter((hit) => hit !== undefined).length;
		assert.equal([...director.fired.values()].reduce((sum, count) => sum + count, 0), made);
		const faults = ['empty 200 list', 'rows dropped', 'total that lies', 'rows that move'] as const;
		assert.equal(director.falseAnswers.length, faults.reduce((sum, fault) => sum + (director.fired.get(fault) ?? 0), 0));
	});
});
