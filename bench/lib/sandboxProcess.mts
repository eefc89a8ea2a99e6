// The sandbox, in a process of its own; ends with the process that started it.
import { startSandbox } from '../../sandbox/freshbooks/server.mts';

const sandbox = await startSandbox();
process.once('disconnect', () => process.exit(0));
process.once('SIGTERM', () => process.exit(0));
process.send?.({ url: sandbox.url, token: String(sandbox.grant().access_token) });
