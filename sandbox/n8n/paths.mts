import path from 'node:path';

/** The root of the checkout. */
export const ROOT = path.resolve(import.meta.dirname, '../..');

/** All files of installations and runs; ignored by git, safe to delete. */
export const CACHE = path.join(ROOT, '.cache');

/** Where the pinned n8n is installed: outside the folders that `n8n-node build` searches for icons. */
export const N8N_HOME = path.join(CACHE, 'n8n');

/**
 * n8n's user folders. Below a folder named node_modules, because n8n puts a copy of its editor into its
 * user folder, and `n8n-node lint`, whose settings may not be changed, would read all of it.
 */
export const RUNS = path.join(CACHE, 'runs/node_modules');
