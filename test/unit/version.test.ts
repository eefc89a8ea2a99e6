import { PACKAGE_VERSION } from '../../nodes/FreshBooks/client/version';
import manifest from '../../package.json';

test('the User-Agent has the version of package.json', () => {
	expect(PACKAGE_VERSION).toBe(manifest.version);
});
