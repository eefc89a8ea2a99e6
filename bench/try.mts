import { prepareStage, startSandboxProcess, inWorker, clearStage } from './lib/stage.mts';
const stage = await prepareStage(console.log);
const sandbox = await startSandboxProcess();
const s = { url: sandbox.url, token: sandbox.token };
const [task, input] = [process.argv[2]!, JSON.parse(process.argv[3]!)];
console.log(JSON.stringify(await inWorker(task, { sandbox: s, ...input }, stage), (k, v) => typeof v === 'number' ? Math.round(v) : v));
await sandbox.stop(); await clearStage(stage);
