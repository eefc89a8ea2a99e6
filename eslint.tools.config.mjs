// Lints what is not part of the package: scripts, sandbox, end-to-end suites, benchmarks.
// The package itself is linted by eslint.config.mjs, which n8n's strict mode does not let anyone change.
import js from '@eslint/js';
import tseslint from 'typescript-eslint';

export default tseslint.config(
	{ ignores: ['dist', '.cache', 'nodes', 'credentials'] },
	{ linterOptions: { reportUnusedDisableDirectives: 'error', noInlineConfig: true } },
	{
		files: ['**/*.{mjs,mts}'],
		extends: [js.configs.recommended, tseslint.configs.recommended],
		rules: {
			// TypeScript knows which names exist; so it does for the .mjs files, which it checks too.
			'no-undef': 'off',
			'@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
		},
	},
);
