const { mkdtempSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

// n8n-core writes its instance settings on first use. They go to a temporary folder, not to the home folder.
module.exports = () => {
	process.env.JEST_RUN_FOLDER = mkdtempSync(join(tmpdir(), 'n8n-nodes-freshbooks-'));
};
