/** Removes tokens and secrets from texts, in any encoding. Pure. */

const HIDDEN = '[hidden]';

const UUID = /([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})/i;

/**
 * - after `Bearer`; after `Basic`, if it is long enough for a user name and password;
 * - after the name of a secret: `access_token=...`, `"client_secret":"..."`. After a colon only long words with a digit or `-`,
 *   because FreshBooks also writes sentences there (`invalid_token: The request token failed`);
 * - a part of a JSON Web Token, with or without padding.
 */
const MARKED = [
	/\bbearer[\s:=+"']+\S+/gi,
	/\bbasic[\s:=+"']+[\w+/-]{12,}=*/gi,
	/\b\w*(?:token|secret|password|api_?key)["']?\s*=\s*["']?[^\s"'&]+/gi,
	/\b\w*(?:token|secret|password|api_?key)["']?\s*:\s*["']?(?=[^\s"',]*[\d-])[^\s"',]{12,}/gi,
	/eyJ[\w-]+=*/g,
];

const LONG_RUN = /[\w+/-]{20,}={0,2}/g;

/** Base64 has both cases and digits. Other runs, for example hexadecimal, count from 32 characters. The parts of a path are short. */
function isLikeToken(run: string): boolean {
	const longest = Math.max(...run.split('/').map(({ length }) => length));
	if (!/\d/.test(run) || !/[a-z]/i.test(run) || (longest < 20 && !run.endsWith('='))) return false;
	return /^\w{32,}$/.test(run) || (/[a-z]/.test(run) && /[A-Z]/.test(run));
}

/** Hexadecimal digits with spaces between them. */
const DIVIDED_RUN = /(?<!\w)(?:[0-9a-f]+ +)+[0-9a-f]+(?!\w)/gi;

function isDividedToken(run: string): boolean {
	return run.replace(/ /g, '').length >= 32 && /\d/.test(run) && /[a-f]/i.test(run);
}

function hideRuns(text: string): string {
	return text.replace(DIVIDED_RUN, (run) => (isDividedToken(run) ? HIDDEN : run)).replace(LONG_RUN, (run) => (isLikeToken(run) ? HIDDEN : run));
}

/** Removes a JSON Web Token and everything after it: if it contains spaces, its end is unknown. */
function hideWebToken(text: string): string {
	if (!/eyJ[\w-]{8,}=*\.[\w-]/.test(text.replace(/ /g, ''))) return text;
	return `${text.slice(0, Math.max(0, text.indexOf('eyJ')))}${HIDDEN}`;
}

/** Decodes `%41` and the like, twice, because a text may be encoded twice. Invalid UTF-8 remains. */
function decoded(text: string): string {
	const once = (encoded: string): string =>
		encoded.replace(/(?:%[0-9a-f]{2})+/gi, (run) => {
			try {
				return decodeURIComponent(run);
			} catch {
				return run;
			}
		});
	return once(once(text));
}

/**
 * Returns the text without tokens. UUIDs, IDs, addresses and ordinary words remain.
 * @param secrets known secrets, for example the access token; those shorter than eight characters are ignored
 */
export function hideTokens(text: string, secrets: readonly string[] = []): string {
	const plain = decoded(text).replace(/[\p{Cc}\p{Cf}\p{Cs}\s]+/gu, ' ');
	const joined = plain.replace(/ /g, '');
	if (secrets.some((secret) => secret.length >= 8 && joined.includes(secret))) return HIDDEN;
	const marked = MARKED.reduce((left, shape) => left.replace(shape, HIDDEN), hideWebToken(plain));
	// `split` keeps the UUIDs because of the group: every second part is one.
	return marked.split(UUID).map((part, index) => (index % 2 === 1 ? part : hideRuns(part))).join('');
}
