import inspector from 'node:inspector';
import { prepareStage, startSandboxProcess, clearStage } from './lib/stage.mts';
import { setScene, getText, BUSINESS } from './lib/control.mts';
import { Host } from './lib/host.mts';
process.env.NODE_ENV='production'; process.env.N8N_LOG_LEVEL='error';
const stage = await prepareStage(console.log); process.env.N8N_USER_FOLDER = stage.folder;
const sp = await startSandboxProcess(); const sandbox = { url: sp.url, token: sp.token };
const host = new Host(stage); const members = 100000; await setScene(sandbox, { members });
const { freshBooksPort } = host.part<any>('nodes/FreshBooksTrigger/freshBooksPort.js'); const { pollBusiness } = host.part<any>('nodes/FreshBooksTrigger/changes/pollBusiness.js');
const texts: string[] = []; for (let p = 1; p <= members / 100; p++) texts.push(await getText(sandbox, `/auth/api/v1/businesses/${BUSINESS}/team_members?page=${p}&per_page=100`));
console.log('bytes', texts.reduce((s, t) => s + t.length, 0));
const pages = texts.map((t) => JSON.parse(t)); const client = { maxInFlight: 1, send: async ({ query }: any) => pages[query.page - 1] };
const port = freshBooksPort(client, BUSINESS, 'teamMembers'); const listing = await port.listPeople('poll');
const SETTINGS = { business: { id: BUSINESS, name: 'B' }, source: 'teamMembers', events: new Set(['memberAdded', 'memberRemoved']), emitExisting: false, removalLimit: { maxRemovals: 20, unit: 'percent' }, maxConfirmations: 50 };
const { snapshot } = await pollBusiness(port, undefined, SETTINGS);
const s = new inspector.Session(); s.connect(); const post = (m: string, p?: object) => new Promise<any>((a, b) => s.post(m, p as never, (e: unknown, x: unknown) => e ? b(e) : a(x)));
async function prof(name: string, f: () => Promise<void>) {
 for (let i = 0; i < 4; i++) await f();
 await post('Profiler.enable'); await post('Profiler.setSamplingInterval', { interval: 200 }); await post('Profiler.start');
 const c0 = process.cpuUsage(); const N = 10; for (let i = 0; i < N; i++) await f(); const c = process.cpuUsage(c0);
 const { profile } = await post('Profiler.stop');
 const byId = new Map<number, any>(profile.nodes.map((n: any) => [n.id, n])); const self = new Map<string, number>();
 profile.samples.forEach((id: number, i: number) => { const n = byId.get(id).callFrame; const k = `${n.functionName} ${n.url.split('/').slice(-2).join('/')}:${n.lineNumber}`; self.set(k, (self.get(k) ?? 0) + profile.timeDeltas[i] / 1000 / N); });
 console.log(name, 'cpu per run', ((c.user + c.system) / 1000 / N).toFixed(0)); console.log([...self].sort((a, b) => b[1] - a[1]).slice(0, 18).map(([k, v]) => '   ' + v.toFixed(1) + ' ' + k).join('\n'));
}
await prof('parse', async () => texts.forEach((t) => JSON.parse(t)));
await prof('diff', async () => void await pollBusiness({ ...port, listPeople: async () => listing }, snapshot, SETTINGS));
await prof('read+diff', async () => void await pollBusiness(port, snapshot, SETTINGS));
await sp.stop(); await clearStage(stage); process.exit(0);
