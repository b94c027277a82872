// How long the script of a frame takes while a lab plays, in Chromium: run by `cargo xtask bench --frames`.
//
// A frame's script time is what the trace says of it: the time within the animation frame's callback, and within
// every other piece of script (observers, events) until the next one begins. Layout and painting are not in it, nor
// is the time in which the thread had to wait for a processor.

import { launch, until, visit } from '../lib/browser.js';
import { Plate } from '../lib/plate.js';
import { serveBench } from './page.js';

/** What is measured, and how long a frame's script may take. */
const labs = [
  { name: 'steady', what: '5 nodes, steady traffic', budget_ms: 2 },
  { name: 'crowd', what: '100 nodes, 500 messages in flight', budget_ms: 8 },
];
const TASK_BUDGET_MS = 50;
/** How long each is played, in ms. */
const PLAYED_MS = 10_000;

const script = new Set(['FireAnimationFrame', 'FunctionCall', 'EvaluateScript', 'EventDispatch', 'TimerFire', 'RunMicrotasks']);
const categories = ['devtools.timeline', 'disabled-by-default-devtools.timeline', 'toplevel', 'v8'];

/** Records a trace while `work` is done; gives its events. */
async function traced(browser, work) {
  const session = await browser.newBrowserCDPSession();
  const events = [];
  session.on('Tracing.dataCollected', ({ value }) => events.push(...value));
  await session.send('Tracing.start', { transferMode: 'ReportEvents', traceConfig: { includedCategories: categories } });
  await work();
  const complete = new Promise((done) => session.once('Tracing.tracingComplete', done));
  await session.send('Tracing.end');
  await complete;
  await session.detach();
  return events;
}

/** The events of the thread that fires the page's animation frames, in order. */
function ofPage(events) {
  const frame = events.find(({ name }) => name === 'FireAnimationFrame') ?? events.find(({ name }) => name === 'EvaluateScript');
  if (!frame) throw new Error('the trace has no script of the page');
  return events.filter(({ pid, tid }) => pid === frame.pid && tid === frame.tid).sort((a, b) => a.ts - b.ts);
}

/** How long an event took its thread, in ms; the trace has µs. */
const took = ({ dur, tdur }) => (tdur ?? dur) / 1_000;

/** The outermost pieces of script: what runs within another is in its time already. */
function pieces(events) {
  let end = 0;
  return ofPage(events).filter(({ ph, name, ts, dur }) => {
    if (ph !== 'X' || !script.has(name) || ts < end) return false;
    end = ts + dur;
    return true;
  });
}

/** The script time of each frame in ms, from one animation frame's callback to the next. */
function frames(events) {
  const times = [];
  for (const piece of pieces(events)) {
    if (piece.name === 'FireAnimationFrame') times.push(0);
    if (times.length > 0) times[times.length - 1] += took(piece);
  }
  return times;
}

/** The longest task of the page's thread, in ms. */
const longestTask = (events) => Math.max(0, ...ofPage(events)
  .filter(({ ph, name }) => ph === 'X' && /RunTask$/.test(name))
  .map(took));

const at = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];

async function measure(browser, bench, { name }) {
  const { page, context, record } = await visit(browser, 'about:blank');
  await page.addInitScript(() => {
    window.shifts = [];
    const name = (node) => (node?.nodeType === 3 ? node.parentElement : node)?.outerHTML?.slice(0, 60) ?? 'what is gone';
    new PerformanceObserver((list) => {
      for (const { value, sources } of list.getEntries()) window.shifts.push({ value, what: sources.map(({ node }) => name(node)) });
    }).observe({ type: 'layout-shift', buffered: true });
  });
  const root = page.locator('figure.plate');
  const mounting = await traced(browser, async () => {
    await page.goto(bench.at(name));
    await root.and(page.locator('[data-mounted]')).waitFor();
    await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
  });
  const plate = new Plate(page, root);
  const inFlight = () => root.locator('.msgs').first().evaluate((group) => group.childElementCount);
  const messages = [await inFlight()];
  // The first frames build what the later ones write to.
  await plate.press('play');
  const before = await plate.state();
  await until('the lab to play', () => plate.state(), ({ us }) => us > before.us);
  const playing = await traced(browser, () => page.evaluate((played) => new Promise((done) => setTimeout(done, played)), PLAYED_MS));
  messages.push(await inFlight());
  const shifts = await page.evaluate(() => window.shifts);
  const after = await plate.state();
  await context.close();
  if (record.errors.length > 0 || record.breaches.length > 0) throw new Error([...record.errors, ...record.breaches].join('\n'));
  const sorted = frames(playing).sort((a, b) => a - b);
  if (sorted.length < 20 || after.us <= before.us) throw new Error(`only ${sorted.length} frames, from ${before.us} to ${after.us} µs`);
  return { frames: sorted.length, messages, shifts, shift: shifts.reduce((sum, { value }) => sum + value, 0), longest: longestTask(playing), mount: longestTask(mounting), median: at(sorted, 0.5), p95: at(sorted, 0.95), max: at(sorted, 1) };
}

const bench = await serveBench(labs.map(({ name }) => name));
const browser = await launch();
const over = [];
try {
  const ms = (value) => `${value.toFixed(2)} ms`.padStart(10);
  const head = ['median', 'p95', 'max', 'budget', 'long task', 'at mount', 'shift'];
  console.log(`\n${'script time of a frame'.padEnd(36)}${head.map((name) => name.padStart(11)).join('')}`);
  for (const lab of labs) {
    const found = await measure(browser, bench, lab);
    const numbers = [ms(found.median), ms(found.p95), ms(found.max), ms(lab.budget_ms), ms(found.longest), ms(found.mount), found.shift.toFixed(4).padStart(10)];
    console.log(`${lab.what.padEnd(36)} ${numbers.join(' ')}`);
    console.log(`  ${found.frames} frames, ${found.messages.join(' to ')} messages in flight`);
    if (found.p95 > lab.budget_ms) over.push(`${lab.what}: p95 ${ms(found.p95).trim()}, and ${lab.budget_ms} ms may be`);
    if (found.longest > TASK_BUDGET_MS) over.push(`${lab.what}: a task of ${ms(found.longest).trim()} while it plays, and ${TASK_BUDGET_MS} ms may be`);
    if (found.shift > 0) over.push(`${lab.what}: the layout shifts by ${found.shift}: ${[...new Set(found.shifts.flatMap(({ what }) => what))].slice(0, 5).join(', ')}`);
  }
} finally {
  await browser.close();
  await bench.close();
}
for (const line of over) console.log(`over budget: ${line}`);
process.exitCode = over.length > 0 ? 1 : 0;
