import { prepareStage, startSandboxProcess, clearStage } from './lib/stage.mts';
import { setScene } from './lib/control.mts';
import { Host } from './lib/host.mts';
import { measure, median } from './lib/measure.mts';
import { listWithFreshBooks } from './tasks/list.mts';
process.env.NODE_ENV='production'; process.env.N8N_LOG_LEVEL='error';
const stage = await prepareStage(console.log); process.env.N8N_USER_FOLDER = stage.folder;
const sp = await startSandboxProcess(); const sandbox = { url: sp.url, token: sp.token };
const host = new Host(stage); const members = 10000; await setScene(sandbox, { members, latencyMs: Number(process.argv[2] ?? 50) });
const sd = {}; await host.poll(sandbox, sd);
for (let i=0;i<2;i++) {
const t = await measure({ poll: async () => await host.poll(sandbox, sd), list: async () => await listWithFreshBooks(host, sandbox, members) }, { repeats: 8, warmUps: 2 });
for (const [k, v] of Object.entries(t)) console.log(k, 'wall', Math.round(median(v.wallMs)), Math.round(Math.min(...v.wallMs)), 'cpu', Math.round(median(v.cpuMs)), Math.round(Math.min(...v.cpuMs)));
}
await sp.stop(); await clearStage(stage); process.exit(0);
