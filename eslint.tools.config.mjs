// Lints everything outside the package: scripts, sandbox, end-to-end suites, benchmarks.
// eslint.config.mjs lints the package; n8n's strict mode forbids changes of it.
import js from '@eslint/js';
import tseslint from 'typescript-eslint';

export default tseslint.config(
	{ ignores: ['dist', '.cache', 'nodes', 'credentials'] },
	{ linterOptions: { reportUnusedDisableDirectives: 'error', noInlineConfig: true } },
	{
		files: ['**/*.{mjs,mts}'],
		extends: [js.configs.recommended, tseslint.configs.recommended],
		rules: {
			// TypeScript checks undefined names, in the .mjs files too.
			'no-undef': 'off',
			'@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
		},
	},
);
