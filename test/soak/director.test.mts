import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { FaultedRequest, Hit } from '../../sandbox/freshbooks/faults.mts';
import { FaultDirector, type Caller } from './director.mts';
import type { CallerKind } from './faultPlan.mts';

const GRANT = 3;
const TEAM: FaultedRequest = { method: 'GET', path: '/auth/api/v1/businesses/6101/team_members', query: 'page=1', grant: GRANT };
const INVITATIONS: FaultedRequest = { ...TEAM, path: '/auth/api/v1/business/6101/invitations' };

function directorFor(kind: CallerKind, wasTold = () => true): FaultDirector {
	const callers = new Map<number, Caller>([[GRANT, { name: 'somebody', kind }]]);
	const director = new FaultDirector(11, callers, () => ['a@b.c', 'd@e.f'], wasTold);
	director.active = true;
	return director;
}

function hits(director: FaultDirector, request: FaultedRequest, count: number): Array<Hit | undefined> {
	return Array.from({ length: count }, () => director.direct(request));
}

function isUnnoticeable(hit: Hit | undefined): boolean {
	return (hit?.kind === 'emptyList' || hit?.kind === 'dropRows') && hit.params['keepTotal'] === false;
}

/** An answer that is neither an error nor a lie. */
function isTruth(hit: Hit | undefined): boolean {
	return hit === undefined;
}

describe('the director', () => {
	it('leaves alone whoever is no caller of the campaign, and everybody while it is off', () => {
		const director = directorFor('trigger');
		assert.ok(hits(director, { ...TEAM, grant: 99 }, 200).every(isTruth));
		director.active = false;
		assert.ok(hits(director, TEAM, 200).every(isTruth));
		assert.equal(director.fired.size, 0);
	});

	for (const request of [TEAM, INVITATIONS]) {
		it(`tells ${request.path.split('/').at(-1)} no unnoticeable lie twice without the truth between`, () => {
			let owesTruth = false;
			let lies = 0;
			const director = directorFor('trigger', () => !owesTruth);
			for (let asked = 0; asked < 5_000; asked++) {
				const hit = director.direct(request);
				if (isUnnoticeable(hit)) {
					assert.ok(!owesTruth);
					owesTruth = true;
					lies += 1;
				} else if (isTruth(hit)) owesTruth = false;
			}
			assert.ok(lies > 20, `${lies}`);
		});
	}

	it('lies no second time where what it left alone did not get through', () => {
		assert.equal(hits(directorFor('trigger', () => false), INVITATIONS, 3_000).filter(isUnnoticeable).length, 1);
	});

	it('tells those who write only lies that show', () => {
		const told = [...hits(directorFor('writer'), TEAM, 3_000), ...hits(directorFor('writer'), INVITATIONS, 3_000)];
		assert.ok(told.some((hit) => hit?.kind === 'dropRows'));
		assert.ok(!told.some(isUnnoticeable));
	});

	it('drops the same person several times in a row where the total gives it away', () => {
		const dropped = hits(directorFor('trigger'), TEAM, 3_000).map((hit) => (hit?.kind === 'dropRows' && hit.params['keepTotal'] === true ? String(hit.params['emails']) : '-'));
		assert.match(dropped.join(' '), /(a@b\.c )\1{3}|(d@e\.f )\2{3}/);
	});

	it('counts every hit by the name of its fault, and remembers lies', () => {
		const director = directorFor('trigger');
		const made = hits(director, TEAM, 2_000).filter((hit) => hit !== undefined).length;
		assert.equal([...director.fired.values()].reduce((sum, count) => sum + count, 0), made);
		const lied = ['empty 200 list', 'rows dropped', 'total that lies', 'rows that move'] as const;
		assert.equal(director.lies.length, lied.reduce((sum, fault) => sum + (director.fired.get(fault) ?? 0), 0));
	});
});
