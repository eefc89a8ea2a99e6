import path from 'node:path';

/** The checkout. */
export const ROOT = path.resolve(import.meta.dirname, '../..');

/** Everything that installs and runs leave behind; git-ignored, safe to delete. */
export const CACHE = path.join(ROOT, '.cache');

/** Where the pinned n8n is installed: outside the folders that `n8n-node build` searches for icons. */
export const N8N_HOME = path.join(CACHE, 'n8n');
