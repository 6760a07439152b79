/** What the Temporal Web UI shows of orders: on a server of its own, since that of other tests has no Web UI. */
import { pino } from 'pino';
import type { Page } from 'playwright-core';
import type { Stack } from '../../src/cli/dev-stack';
import { startWholeStack } from '../../src/cli/whole-stack';
import {
  finishedOrder,
  runningOrder,
  troubledOrder,
  type PlacedOrder,
} from '../../src/docs/screenshots-orders';
import { currentDetails, openUserMetadata, workflowUrl } from '../../src/docs/screenshots-pages';
import { expectAtPeace, launchBrowser, openPage, type Watched } from '../support/browser';
import { FAST_PACE } from '../support/stack';
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
  ({ stack } = whole);
  // All at once: each waits more than it works.
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

/** Opens the order's page and gives what its tab of metadata says: the current details, and the rest. */
async function read({ portfolioOrderId }: PlacedOrder): Promise<{ details: string; summaries: string }> {
  await openUserMetadata(page, ui, portfolioOrderId);
  const details = await currentDetails(page).locator('body').innerText();
  return { details, summaries: await page.locator('main').innerText() };
}

test('a running order: how it stands, what it waits for, its children, its deadlines', async () => {
  const { details, summaries } = await read(await orders.running);
  expect(details).toContain('BUY 1000.00 EUR is PROCESSING, reference running');
  expect(details).toContain('Orders final: 2 of 5');
  expect(details).toMatch(/deadline:processing: Upvest is asked .*, a human is told /);
  expect(details).toContain('IE00SM000006');
  expect(details).toContain('Last steps');
  expect(summaries).toContain('Tell ESW: NEW');
  expect(summaries).toContain('deadline:processing, ask Upvest');
});

test('a finished order: that nothing is left, and all that ESW has', async () => {
  const { details, summaries } = await read(await orders.finished);
  expect(details).toContain('BUY 1000.00 EUR is SETTLED, reference finished');
  expect(details).toContain('Waiting for: Nothing: the order is finished.');
  expect(details).toContain('ESW: accepted NEW, PROCESSING, FILLED, SETTLED');
  expect(details).not.toContain('Somebody has to look');
  expect(summaries).toContain('Tell ESW: NEW');
});

test('a troubled order: what is the matter, and what to do', async () => {
  const order = await orders.troubled;
  const { details, summaries } = await read(order);
  expect(details).toContain('Somebody has to look');
  expect(details).toMatch(/EMISSION_REFUSED PROCESSING was refused by ESW: .*422/);
  expect(details).toContain('Mend the cause, then send it again with retry-emission.');
  expect(details).toContain('CANCEL_REFUSED Upvest did not take the cancel; the order goes on');
  expect(details).toContain('refused PROCESSING');
  expect(summaries).toContain('DELETE the order: operator:cancel');

  // The history, which is what the page begins with, says the same of each activity and timer.
  await page.goto(workflowUrl(ui, order.portfolioOrderId));
  await page.getByText('Tell ESW: NEW').first().waitFor();
  await page.getByText('DELETE the order').first().waitFor();
});

test('the pages come from that server alone, and nothing goes wrong', () => {
  expectAtPeace(seen, ui.uiUrl);
});
