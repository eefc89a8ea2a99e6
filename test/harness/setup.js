require('reflect-metadata');
const fastCheck = require('fast-check');
const { join } = require('node:path');

// One folder a worker: two of them must not write the same settings at once. See globalSetup.js.
process.env.N8N_USER_FOLDER = join(process.env.JEST_RUN_FOLDER, `worker-${process.env.JEST_WORKER_ID}`);

// Property tests try the same values in every run, so that a run says something about the change and not about luck.
// PROPERTY_SEED tries others.
fastCheck.configureGlobal({ seed: Number(process.env.PROPERTY_SEED ?? 20261122) });
