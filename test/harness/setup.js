require('reflect-metadata');
const fastCheck = require('fast-check');
const { join } = require('node:path');

// One folder per worker, so that workers do not write the same settings. See globalSetup.js.
process.env.N8N_USER_FOLDER = join(process.env.JEST_RUN_FOLDER, `worker-${process.env.JEST_WORKER_ID}`);

// Property tests use the same values in every run, so that a failure comes from a change. PROPERTY_SEED sets other values.
fastCheck.configureGlobal({ seed: Number(process.env.PROPERTY_SEED ?? 20261122) });
