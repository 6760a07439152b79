/** Orders in the Temporal Web UI: on a separate server, since that of other tests has no Web UI. */
import { pino } from 'pino';
import type { Page } from 'playwright-core';
import type { Stack } from '../../demo/stack';
import { startWholeStack } from '../../demo/full-stack';
import { finishedOrder, runningOrder, troubledOrder, type PlacedOrder } from '../../demo/scene/orders';
import { currentDetails, openSteps, openUserMetadata, summary } from '../../demo/screenshots/pages';
import { expectAtPeace, launchBrowser, openPage, type Watched } from '../support/browser';
import { FAST_PACE } from '../support/stack';
import { assertWebUiVersion } from '../support/temporal-versions';
import { testBundle, testConnection, closeTemporal } from '../support/temporal';

const undo: (() => Promise<unknown>)[] = [];
let ui: { uiUrl: string; namespace: string };
let stack: Stack;
let page: Page;
let orders: { running: Promise<PlacedOrder>; finished: Promise<PlacedOrder>; troubled: Promise<PlacedOrder> };
let seen: Watched;

beforeAll(async () => {
  const silent = (): void => undefined;
  // Installs the runtime that all connections of this process share.
  await testConnection();
  undo.push(closeTemporal);
  const browser = await launchBrowser();
  undo.push(() => browser.close());
  const whole = await startWholeStack({
    server: { log: silent, ui: true },
    bundlePath: testBundle().codePath,
    logger: pino({ level: 'silent' }),
    httpPort: 0,
    upvest: { pace: FAST_PACE },
  });
  undo.push(() => whole.stop());
  const { temporal } = whole;
  ui = { uiUrl: temporal.uiUrl ?? '', namespace: temporal.namespace };
  await assertWebUiVersion(ui.uiUrl);
  ({ stack } = whole);
  // In parallel: each mostly waits.
  orders = {
    running: runningOrder(stack, 'running'),
    finished: finishedOrder(stack, 'finished'),
    troubled: troubledOrder(stack, 'troubled'),
  };
  await Promise.allSettled(Object.values(orders));
  ({ page, seen } = await openPage(browser, { viewport: { width: 1280, height: 1000 } }));
});
afterAll(async () => {
  for (const step of undo.reverse()) await step();
});

/** User Metadata on an order's page. */
async function read({ portfolioOrderId }: PlacedOrder): Promise<{ title: string; details: string }> {
  await openUserMetadata(page, ui, portfolioOrderId);
  const details = await currentDetails(page).locator('body').innerText();
  const title = summary(page).locator('p').first();
  await title.waitFor();
  return { details, title: await title.innerText() };
}

/** Opens a tab with the activities and timers of the order that was read last; waits until it shows these. */
async function expectSteps(tab: 'Timeline' | 'Event History', steps: readonly string[]): Promise<void> {
  await openSteps(page, tab);
  for (const step of steps) await page.locator('main').getByText(step).first().waitFor();
}

test('a running order: status, deadlines and children', async () => {
  const { details, title } = await read(await orders.running);
  expect(details).toContain('BUY 1000.00 EUR is PROCESSING, reference running');
  expect(details).toContain('Orders final: 2 of 5');
  expect(details).toMatch(/deadline:processing: next reconcile .*, flagged /);
  expect(details).toContain('IE00SM000006');
  expect(details).toContain('Last steps');
  expect(title).toBe('BUY 1000.00 EUR as running');
  await expectSteps('Timeline', ['Send to ESW: NEW', 'deadline:processing, reconcile']);
});

test('a finished order: no pending work, and the events at ESW', async () => {
  const { details, title } = await read(await orders.finished);
  expect(details).toContain('BUY 1000.00 EUR is SETTLED, reference finished');
  expect(details).toContain('Waiting for: Nothing: the order is finished.');
  expect(details).toContain('ESW: accepted NEW, PROCESSING, FILLED, SETTLED');
  expect(details).not.toContain('Needs attention');
  expect(title).toBe('BUY 1000.00 EUR as finished');
  await expectSteps('Timeline', ['Send to ESW: NEW']);
});

test('an order that needs attention: causes and next steps', async () => {
  const { details, title } = await read(await orders.troubled);
  expect(details).toContain('Needs attention');
  expect(details).toMatch(/EMISSION_REFUSED PROCESSING was rejected by ESW: .*422/);
  expect(details).toContain(
    'Fix the cause and resend it with retry-emission, or leave it out with skip-emission.',
  );
  expect(details).toContain('CANCEL_REFUSED Upvest rejected the cancel');
  expect(details).toContain('rejected PROCESSING');
  expect(title).toBe('BUY 1000.00 EUR as troubled');
  await expectSteps('Timeline', ['DELETE the order: operator:cancel']);
  // The history shows the same for each activity and timer.
  await expectSteps('Event History', ['Send to ESW: NEW', 'DELETE the order']);
});

test('all requests go to that server, without errors', () => {
  // The Web UI's own fault: it measures an element that it has removed meanwhile.
  const complaints = seen.complaints.filter((one) => !one.includes("'getComputedStyle'"));
  expectAtPeace({ ...seen, complaints }, ui.uiUrl);
});
