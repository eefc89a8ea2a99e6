/** Fast suites: pure logic, and nodes on n8n-core's own contexts. Runs TypeScript through swc; types are checked by `npm run typecheck`. */
module.exports = {
	testEnvironment: 'node',
	roots: ['<rootDir>/test'],
	testMatch: ['<rootDir>/test/{unit,node,packaging}/**/*.test.{ts,cts}'],
	moduleFileExtensions: ['ts', 'cts', 'js', 'json', 'node'],
	globalSetup: '<rootDir>/test/harness/globalSetup.js',
	globalTeardown: '<rootDir>/test/harness/globalTeardown.js',
	setupFiles: ['<rootDir>/test/harness/setup.js'],
	transform: { '^.+\\.c?ts$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } }] },
	modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.cache/'],
	coverageDirectory: 'node_modules/.cache/coverage',
};
