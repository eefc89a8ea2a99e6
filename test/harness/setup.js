require('reflect-metadata');
const { join } = require('node:path');

// One folder a worker: two of them must not write the same settings at once. See globalSetup.js.
process.env.N8N_USER_FOLDER = join(process.env.JEST_RUN_FOLDER, `worker-${process.env.JEST_WORKER_ID}`);
