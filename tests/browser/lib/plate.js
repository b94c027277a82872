// A lab on the page, as a reader meets it: what it shows, and what can be done to it.

import assert from 'node:assert/strict';
import { until } from './browser.js';

/** Brings the lab near the viewport and waits until it is live and complete. */
export async function mount(page, lab) {
  const plate = await bringToLife(page, lab);
  await plate.root.and(page.locator('[data-complete]')).waitFor();
  return plate;
}

/** Brings the lab near the viewport and waits until it is live; what completes it may still be on its way. */
export async function bringToLife(page, lab) {
  const plate = page.locator(`figure.plate[data-plate="${lab}"]`);
  await plate.scrollIntoViewIfNeeded();
  await plate.and(page.locator('[data-mounted]')).waitFor();
  return new Plate(page, plate);
}

/** Mounts every lab of the page, from the top down. */
export async function mountAll(page) {
  const ids = await page.locator('figure.plate[data-plate]').evaluateAll((all) => all.map((one) => one.dataset.plate));
  const plates = [];
  for (const id of ids) plates.push(await mount(page, id));
  return plates;
}

/** In the page: what a plate shows with the next frame. */
export async function look(root) {
  await new Promise((drawn) => requestAnimationFrame(drawn));
  const table = (selector, row) => Object.fromEntries([...root.querySelectorAll(selector)].map(row));
  return {
    us: Number(root.querySelector('[data-clock]').dataset.us),
    nodes: table('[data-node]', (node) => [node.dataset.node, { role: node.dataset.role, term: Number(node.dataset.term) }]),
    links: table('[data-link]', (link) => [link.dataset.link, link.dataset.cut]),
  };
}

/** In the page: where nothing lies over a link, as near to its middle as can be. */
export function freeSpot(link) {
  link.closest('svg').scrollIntoView({ block: 'center', behavior: 'instant' });
  const line = link.querySelector('.link-hit');
  return [0.5, 0.45, 0.55, 0.4, 0.6, 0.35, 0.65, 0.3, 0.7].map((part) => {
    const { x, y } = line.getPointAtLength(line.getTotalLength() * part).matrixTransform(line.getScreenCTM());
    return [x, y];
  }).find(([x, y]) => document.elementFromPoint(x, y) === line);
}

/** A mounted lab. */
export class Plate {
  constructor(page, root) {
    this.page = page;
    this.root = root;
  }

  node = (name) => this.root.locator(`[data-node="${name}"]`);
  link = (a, b) => this.root.locator(`[data-link="${[a, b].sort().join('-')}"]`);
  button = (name) => this.root.locator(`[data-do="${name}"]`);
  playhead = () => this.root.locator('[data-playhead]');

  /** Clicks a link as near to its middle as nothing else lies over it; by 'touch' it taps. */
  async pressLink(a, b, by = 'mouse') {
    const free = await this.link(a, b).evaluate(freeSpot);
    if (!free) throw new Error(`no part of the link ${a}-${b} is within reach of a pointer`);
    if (by === 'touch') await this.page.touchscreen.tap(...free);
    else await this.page.mouse.click(...free);
  }

  /** Presses the button that does `name`. */
  press = (name) => this.button(name).click();

  /** What it shows with the next frame: the clock in µs, each node's role and term, and which links are cut. */
  state = () => this.root.evaluate(look);

  /** Shows every panel and control. */
  async showAll() {
    const all = this.button('all');
    if (await all.getAttribute('aria-pressed') !== 'true') await all.click();
  }

  /** Goes to a moment by the form in the plate's words. */
  async goTo(ms) {
    const words = this.root.locator('details.alt');
    if (await words.getAttribute('open') === null) await words.locator('summary').click();
    await words.locator('[name="ms"]').fill(String(ms));
    await words.getByRole('button', { name: 'Go there' }).click();
    assert.equal((await this.state()).us, ms * 1_000);
  }

  /** Waits for a state of this kind to come about. */
  until = (what, good) => until(what, () => this.state(), good);

  /** Plays on until the state is as wanted, then pauses. A second of the run takes a second. */
  async playUntil(what, good) {
    await this.root.locator('[data-do="speed"][data-slowed="1"]').click();
    await this.press('play');
    await this.until(what, good);
    await this.press('play');
    return this.state();
  }

  /** Where the flag can be grabbed, and where the drawing that it moves along begins. */
  async flag() {
    await this.playhead().locator('.cursor-flag').scrollIntoViewIfNeeded();
    const flag = await this.playhead().locator('.cursor-flag').boundingBox();
    const track = await this.root.locator('svg:has([data-playhead])').boundingBox();
    return { x: flag.x + flag.width / 2, y: flag.y + flag.height / 2, left: track.x, width: track.width };
  }
}

/** The nodes of this role, by name. */
export const having = (state, role) => Object.keys(state.nodes).filter((name) => state.nodes[name].role === role);

/** The node that leads in the highest term, or undefined. */
export const newestLeader = (state) => having(state, 'leader').sort((a, b) => state.nodes[b].term - state.nodes[a].term)[0];

/** From when on the lesson leaves its lab alone. */
const quiet_us = { 'two-leaders': 5_000_000 };

/** Whether the lesson has nothing more in store for the lab, and one leader is followed by all. */
export const healthy = (lab) => (state) => state.us > (quiet_us[lab] ?? 0) && settled(state) && Object.values(state.links).every((cut) => cut === 'none');

/** Whether exactly one node leads and all that run agree on its term. */
export function settled(state) {
  const leaders = having(state, 'leader');
  const terms = Object.values(state.nodes).filter((node) => node.role !== 'down').map((node) => node.term);
  return leaders.length === 1 && new Set(terms).size === 1;
}

/** The two sides of the cut that this suite makes: the leader with one other node, and the rest. */
export function sides(state) {
  const leader = newestLeader(state);
  const others = Object.keys(state.nodes).filter((name) => name !== leader).sort();
  return { leader, small: [leader, others[0]].sort(), large: others.slice(1) };
}

/** The links between two sides, as pairs. */
export const between = ({ small, large }) => small.flatMap((a) => large.map((b) => [a, b]));
