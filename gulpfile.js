'use strict';

const { dest, src } = require('gulp');

// What n8n serves beside the compiled code: icons, codex files, output schemas.
const ASSETS = ['icons/*.svg', 'nodes/**/*.node.json', 'nodes/**/__schema__/**/*.json'];

/** Copies into dist what tsc alone leaves out, for `build:watch` and plain tsc builds. */
function buildAssets() {
	return src(ASSETS, { base: '.', encoding: false }).pipe(dest('dist'));
}

exports['build:assets'] = buildAssets;
