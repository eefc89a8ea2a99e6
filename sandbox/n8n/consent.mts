const HIDDEN_INPUT = /<input type="hidden" name="([^"]*)" value="([^"]*)">/g;
const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };

function unescapeHtml(text: string): string {
	return text.replace(/&(amp|lt|gt|quot|#39);/g, (entity, name: string) => ENTITIES[name] ?? entity);
}

function hiddenFields(page: string): URLSearchParams {
	const fields = new URLSearchParams();
	for (const [, name = '', value = ''] of page.matchAll(HIDDEN_INPUT)) {
		fields.append(name, unescapeHtml(value));
	}
	return fields;
}

/** Presses Allow on the FreshBooks sandbox's consent page; returns the address to which it redirects. */
export async function allow(authorizeUrl: string): Promise<string> {
	const page = await fetch(authorizeUrl);
	const form = hiddenFields(await page.text());
	form.append('decision', 'allow');
	const answer = await fetch(authorizeUrl, { method: 'POST', body: form, redirect: 'manual' });
	const callback = answer.headers.get('location');
	if (!callback) {
		throw new Error(`The consent page answered ${answer.status} without a redirect: ${await answer.text()}`);
	}
	return callback;
}
