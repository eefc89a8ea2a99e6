/** Fast suites: pure logic, and nodes on n8n-core's contexts. swc compiles TypeScript; `npm run typecheck` checks types. */
module.exports = {
	testEnvironment: 'node',
	// All cores: by default jest leaves one idle, which is half of a machine with two.
	maxWorkers: '100%',
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
