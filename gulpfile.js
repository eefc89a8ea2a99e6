'use strict';

const { Transform } = require('node:stream');

const { dest, parallel, src } = require('gulp');

// Files that n8n serves in addition to the compiled code: icons, codex files, output schemas.
const ASSETS = ['icons/*.svg', 'nodes/**/*.node.json', 'nodes/**/__schema__/**/*.json'];

/** Copies the assets to dist, for `build:watch` and plain tsc builds. */
function buildAssets() {
	return src(ASSETS, { base: '.', encoding: false }).pipe(dest('dist'));
}

/** Replaces each four spaces of indentation by a tab, which makes the tarball 2 kB smaller. Would change a line in a template literal that starts with spaces; the sources have none. */
function withTabs() {
	return new Transform({
		objectMode: true,
		transform(file, _encoding, done) {
			file.contents = Buffer.from(file.contents.toString().replace(/^(?: {4})+/gm, (blanks) => '\t'.repeat(blanks.length / 4)));
			done(null, file);
		},
	});
}

/** Makes the output of tsc smaller. */
function buildTabs() {
	return src('dist/**/*.js').pipe(withTabs()).pipe(dest('dist'));
}

/** The output schemas without blanks: n8n reads them, people read the sources. */
function withoutBlanks() {
	return new Transform({
		objectMode: true,
		transform(file, _encoding, done) {
			file.contents = Buffer.from(JSON.stringify(JSON.parse(file.contents.toString())));
			done(null, file);
		},
	});
}

function buildSchemas() {
	return src('dist/**/__schema__/**/*.json').pipe(withoutBlanks()).pipe(dest('dist'));
}

exports['build:assets'] = buildAssets;
exports['build:tabs'] = parallel(buildTabs, buildSchemas);
