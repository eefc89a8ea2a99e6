const { rmSync } = require('node:fs');

module.exports = () => rmSync(process.env.JEST_RUN_FOLDER, { recursive: true, force: true });
