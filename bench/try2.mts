import inspector from 'node:inspector';
import { prepareStage, startSandboxProcess, clearStage } from './lib/stage.mts';
import { setScene } from './lib/control.mts';
import { Host } from './lib/host.mts';
import { listWithFreshBooks } from './tasks/list.mts';
process.env.NODE_ENV='production'; process.env.N8N_LOG_LEVEL='error';
const stage = await prepareStage(console.log); process.env.N8N_USER_FOLDER = stage.folder;
const sp = await startSandboxProcess(); const sandbox = { url: sp.url, token: sp.token };
const host = new Host(stage); const members = 10000; await setScene(sandbox, { members, latencyMs: 10 });
const sd = {}; await host.poll(sandbox, sd);
const s = new inspector.Session(); s.connect(); const post = (m: string, p?: object) => new Promise<any>((a, b) => s.post(m, p as never, (e: unknown, x: unknown) => e ? b(e) : a(x)));
async function prof(name: string, f: () => Promise<void>) {
 for (let i = 0; i < 3; i++) await f();
 await post('Profiler.enable'); await post('Profiler.setSamplingInterval', { interval: 200 }); await post('Profiler.start');
 const c0 = process.cpuUsage(); const N = 8; for (let i = 0; i < N; i++) await f(); const c = process.cpuUsage(c0);
 const { profile } = await post('Profiler.stop');
 const byId = new Map<number, any>(profile.nodes.map((n: any) => [n.id, n])); const self = new Map<string, number>();
 profile.samples.forEach((id: number, i: number) => { const n = byId.get(id).callFrame; const k = `${n.functionName} ${n.url.split('/').slice(-2).join('/')}:${n.lineNumber}`; self.set(k, (self.get(k) ?? 0) + profile.timeDeltas[i] / 1000 / N); });
 console.log(name, 'cpu per run', ((c.user + c.system) / 1000 / N).toFixed(0)); console.log([...self].sort((a, b) => b[1] - a[1]).slice(0, 26).map(([k, v]) => '   ' + v.toFixed(1) + ' ' + k).join('\n'));
}
await prof('list', async () => await listWithFreshBooks(host, sandbox, members));
await prof('poll', async () => await host.poll(sandbox, sd));
await sp.stop(); await clearStage(stage);
process.exit(0);
