import { parseArgs } from 'node:util';

import { roleTitle } from './roles.mts';
import { startSandbox } from './server.mts';
import type { Sandbox } from './server.mts';
import type { Profile } from './types.mts';

const { values } = parseArgs({
	options: {
		port: { type: 'string', default: '0' },
		profile: { type: 'string', default: 'guide' },
		latency: { type: 'string', default: '0' },
		'client-id': { type: 'string' },
		'client-secret': { type: 'string' },
		json: { type: 'boolean', default: false },
	},
});

function profileFrom(name: string): Profile {
	if (name === 'documented' || name === 'guide') return name;
	throw new Error(`Unknown profile '${name}'. To fix this, use documented or guide.`);
}

function people(sandbox: Sandbox) {
	return [...sandbox.parts.world.businesses.values()].map(({ id, name, accountId, membership, members }) => ({
		id, name, accountId, role: membership?.role ?? null, members: members.length, some: members.slice(0, 5).map((member) => `${member.firstName} ${member.lastName}, ${roleTitle(member.role)}`),
	}));
}

function report(sandbox: Sandbox): string {
	const { url, clientId, clientSecret } = sandbox;
	const { firstName, lastName, email } = sandbox.parts.world.owner;
	const businesses = people(sandbox).map((business) =>
		`  ${business.id}  ${business.name} (account ${business.accountId ?? 'none'}, your role: ${business.role === null ? 'none' : roleTitle(business.role)}, ${business.members} people)\n` + business.some.map((person) => `           ${person}\n`).join(''));
	return `FreshBooks sandbox at ${url}\n  client id      ${clientId}\n  client secret  ${clientSecret}\n  connected user ${firstName} ${lastName} <${email}>\n\n${businesses.join('')}\nOpen the address in a browser to see and change people. Press Ctrl-C to stop.`;
}

function jsonReport(sandbox: Sandbox): string {
	const { url, port, clientId, clientSecret } = sandbox;
	return JSON.stringify({ url, port, clientId, clientSecret, owner: sandbox.parts.world.owner, businesses: people(sandbox) });
}

const sandbox = await startSandbox({
	port: Number(values.port), profile: profileFrom(values.profile), latencyMs: Number(values.latency),
	...(values['client-id'] ? { clientId: values['client-id'] } : {}), ...(values['client-secret'] ? { clientSecret: values['client-secret'] } : {}),
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
	process.once(signal, () => void sandbox.close().then(() => process.exit(0)));
}
console.log(values.json ? jsonReport(sandbox) : report(sandbox));
