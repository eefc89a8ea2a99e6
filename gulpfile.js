'use strict';

const { Transform } = require('node:stream');

const { dest, parallel, src } = require('gulp');

// Files that n8n serves in addition to the compiled code: icons, codex files, output schemas.
const ASSETS = ['icons/*.svg', 'nodes/**/*.node.json', 'nodes/**/__schema__/**/*.json'];

/** Copies the assets to dist, for `build:watch` and plain tsc builds. */
function buildAssets() {
	return src(ASSETS, { base: '.', encoding: false }).pipe(dest('dist'));
}

/** Rewrites the text of each file. */
function rewritten(rewrite) {
	return new Transform({
		objectMode: true,
		transform(file, _encoding, done) {
			file.contents = Buffer.from(rewrite(file.contents.toString()));
			done(null, file);
		},
	});
}

/** Compiled code without indentation. Would change a line in a template literal that starts with spaces; the sources have none. */
function buildCode() {
	return src('dist/**/*.js').pipe(rewritten((text) => text.replace(/^ +/gm, ''))).pipe(dest('dist'));
}

/** The output schemas without spaces. */
function buildSchemas() {
	return src('dist/**/__schema__/**/*.json').pipe(rewritten((text) => JSON.stringify(JSON.parse(text)))).pipe(dest('dist'));
}

exports['build:assets'] = buildAssets;
/** Makes the download smaller. People read the sources. */
exports['build:compact'] = parallel(buildCode, buildSchemas);
