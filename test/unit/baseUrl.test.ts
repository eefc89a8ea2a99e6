import { checkBaseUrl } from '../../nodes/FreshBooks/client/baseUrl';

describe('a base URL', () => {
	test.each([
		['https://api.freshbooks.com', 'https://api.freshbooks.com'],
		['https://api.freshbooks.com/', 'https://api.freshbooks.com'],
		['https://gateway.example.com:8443/freshbooks/v1//', 'https://gateway.example.com:8443/freshbooks/v1'],
		['https://[2001:db8::1]:443', 'https://[2001:db8::1]:443'],
		['http://localhost:5680', 'http://localhost:5680'],
		['http://127.0.0.1', 'http://127.0.0.1'],
		['http://127.8.8.8:99', 'http://127.8.8.8:99'],
		['http://[::1]:5680/sandbox', 'http://[::1]:5680/sandbox'],
	])('%s is valid', (given, used) => {
		expect(checkBaseUrl(given)).toEqual({ ok: true, value: used });
	});

	test.each([
		'',
		' ',
		undefined,
		null,
		7,
		{},
		'api.freshbooks.com',
		'http://api.freshbooks.com',
		'http://10.0.0.1',
		'http://localhost.example.com',
		'http://127.0.0.1.example.com',
		'http://127.0.0.1@example.com',
		'https://user@api.freshbooks.com',
		'https://user:password@api.freshbooks.com',
		'https://api.freshbooks.com?x=1',
		'https://api.freshbooks.com/#x',
		'https://api.freshbooks.com/../x',
		'https://api.freshbooks.com/%2e%2e',
		'https://api.freshbooks.com\\@example.com',
		'https://api.freshbooks.com\n.example.com',
		' https://api.freshbooks.com',
		'https://api.freshbooks.com ',
		'https://',
		'https:///api',
		'https://.example.com',
		'ftp://localhost',
		'file:///etc/passwd',
		'javascript:alert(1)',
		'ws://localhost',
		'HTTPS//api.freshbooks.com',
		'https://api.freshbooks.com:999999',
		'http://[::2]',
	])('%j is refused', (given) => {
		const checked = checkBaseUrl(given);
		expect(checked.ok ? checked.value : checked.problem).toMatch(/^must start with https:\/\//);
	});
});
