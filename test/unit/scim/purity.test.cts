import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const PROTOCOL = path.join(__dirname, '../../../nodes/FreshBooksScimTrigger/protocol');

/** Names and addresses as FreshBooks has them: the only things of FreshBooks' that the protocol knows. All of them are pure. */
const FRESHBOOKS = ['client/errors', 'client/identifiers', 'client/json', 'people/roles', 'people/scimUser'].map((file) => `../../FreshBooks/${file}`);

test.each(readdirSync(PROTOCOL))('%s knows no n8n, no HTTP and no rows of FreshBooks’', (file) => {
	const text = readFileSync(path.join(PROTOCOL, file), 'utf8');
	const imports = [...text.matchAll(/from '([^']+)'/g)].map(([, specifier]) => specifier);
	expect(imports.filter((specifier) => !specifier.startsWith('./') && !FRESHBOOKS.includes(specifier))).toEqual([]);
});
