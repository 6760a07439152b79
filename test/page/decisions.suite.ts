/** What operators decide on the page, about orders that need somebody, and about orders that have ended. */
import { randomUUID } from 'node:crypto';
import type { Browser, Page } from 'playwright-core';
import type { Stack } from '../../src/cli/dev-stack';
import {
  finishedOrder,
  pausedOrder,
  runningOrder,
  troubledOrder,
  unansweredPlacement,
  untilOrder,
} from '../../demo/orders';
import { heldOrder, terminate } from '../http/operations';
import { barriers, expectAtPeace, openPage, type Watched } from '../support/browser';
import { show, until } from '../support/stack';

export function decisionsSuite(running: () => Stack, browser: () => Browser): void {
  let stack: Stack;
  let page: Page;
  let seen: Watched;

  beforeAll(async () => {
    stack = running();
    ({ page, seen } = await openPage(browser()));
    await page.goto(`${stack.url}/`);
    await page.getByLabel('API token').fill(stack.tokens.operate);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Use another token' }).waitFor();
  });
  afterAll(async () => {
    await page.context().close();
    expectAtPeace(seen, stack.url);
  });

  const section = (name: string) => page.getByRole('region', { name, exact: true });
  const row = (name: string, text: RegExp) => section(name).getByRole('row', { name: text });

  /** Without loading the page anew, which would forget the token. */
  async function open(hash: string): Promise<void> {
    await page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
    await page.getByText('Loading …').first().waitFor({ state: 'detached' });
  }

  async function openOrder(name: string): Promise<void> {
    await open(`#/orders/${name}`);
    await page.getByRole('heading', { level: 1, name: `Order ${name}` }).waitFor();
  }

  /** Chooses an action, fills its form in, sends it, and waits for the answer, which names the rule. */
  async function decide(action: string, rule: string, fields: Record<string, string>): Promise<void> {
    await section('Actions').getByRole('button', { name: action, exact: true }).click();
    const form = section('Actions').locator('form');
    for (const [label, text] of Object.entries(fields))
      await form.getByLabel(label, { exact: true }).fill(text);
    await form.getByRole('button', { name: action, exact: true }).click();
    await form.getByRole('status').getByText(rule, { exact: true }).waitFor();
  }

  test('open orders that need somebody stand apart from those that ended in need', async () => {
    const [troubled, ended] = await Promise.all([
      troubledOrder(stack, 'open-in-need'),
      finishedOrder(stack, 'ended-in-need', { scenario: 'MISTRADE' }),
    ]);
    const link = (title: string, name: string) => section(title).getByRole('link', { name });
    const [inNeed, afterwards] = ['Need somebody', 'Ended, and somebody should look'];
    // The index, which lists are made from, is a moment behind.
    await until('both to be listed', async () => {
      await open('#/parked');
      await open('#/');
      await section('Orders').waitFor();
      const counts = [link(inNeed, troubled.reference).count(), link(afterwards, ended.reference).count()];
      return (await Promise.all(counts)).every((count) => count === 1);
    });
    expect(await link(inNeed, ended.reference).count()).toBe(0);
    expect(await link(afterwards, troubled.reference).count()).toBe(0);

    await link(afterwards, ended.reference).click();
    await section('Needs somebody').getByText('Reopen takes it up again').waitFor();
    await section('Needs somebody').getByText('MISTRADE').waitFor();
  });

  test('an event that ESW refused is shown with its answer, and sent again', async () => {
    await openOrder((await troubledOrder(stack, 'refused-by-esw')).reference);
    await section('Needs somebody').getByText('PROCESSING was refused by ESW: ESW answered 422').waitFor();
    await section('Needs somebody').getByText('send it again with “Send again to ESW”').waitFor();
    await row('ESW', /PROCESSING.*refused.*ESW answered 422/).waitFor();
    await decide('Send again to ESW', 'operator:retry-emission', { Why: 'mended' });
    await row('ESW', /PROCESSING.*accepted/).waitFor();
    await section('Needs somebody').getByText('EMISSION_REFUSED').waitFor({ state: 'detached' });
  });

  test('a lane that ESW takes nothing from says until when it rests, and goes on at once when told to', async () => {
    await openOrder((await pausedOrder(stack, 'paused')).reference);
    await section('Needs somebody').getByText('EMISSION_STOPPED').waitFor();
    await section('Waits for').getByText('it is tried again at').waitFor();
    await row('ESW', /NEW.*paused/).waitFor();
    stack.esw.control.clearFaults();
    await decide('Send again to ESW', 'operator:retry-emission', { Why: 'the scope is there now' });
    await row('ESW', /NEW.*accepted/).waitFor();
    await section('Needs somebody').getByText('Nothing needs anybody.').waitFor();
  });

  test('a placement of unknown outcome is identified: one of the two has to be said', async () => {
    await unansweredPlacement(stack, 'unanswered');
    await openOrder('unanswered');
    await section('Needs somebody').getByText('PLACEMENT_UNKNOWN').waitFor();
    await section('Actions').getByRole('button', { name: 'Identify' }).click();
    const form = section('Actions').locator('form');
    const send = () => form.getByRole('button', { name: 'Identify' }).click();
    await form.getByLabel('Why').fill('Upvest has looked');
    await send();
    await form.getByRole('alert').getByText('Say one of the two').waitFor();
    expect(await barriers(page)).toEqual([]);
    await form.getByLabel('Order at Upvest').fill(randomUUID());
    await form.getByLabel('The POST has made no order').check();
    await send();
    await form.getByRole('alert').getByText('Say one of the two').waitFor();
    await form.getByLabel('Order at Upvest').clear();
    await send();
    await form.getByRole('status').getByText('The placement ends: there is no order.').waitFor();
    await page.locator('.standing').getByText('NOT_PLACED').waitFor();
    await section('Needs somebody').getByText('Nothing needs anybody.').waitFor();
  });

  test('what is held back from ESW is released', async () => {
    await openOrder(await heldOrder(stack));
    await section('Needs somebody').getByText('FIRST_SEEN_FINISHED').waitFor();
    await decide('Release', 'operator:release', { Why: 'ESW knows nothing of it' });
    await row('ESW', /SETTLED.*accepted/).waitFor();
  });

  test('an order is closed on evidence, and reopened', async () => {
    const { reference } = await runningOrder(stack, 'to-close');
    await openOrder(reference);
    await section('Actions').getByRole('button', { name: 'Close the order' }).click();
    const form = section('Actions').locator('form');
    await form.getByRole('button', { name: 'Close the order' }).click();
    await form.getByRole('alert').getByText('evidence').waitFor();
    await form.getByRole('button', { name: 'Not now' }).click();
    await decide('Close the order', 'operator:close', { Why: 'it is over', Evidence: 'ticket 4711' });
    await page.getByText('Nothing more will come.').waitFor();
    await section('The order').getByText('it is over (ticket 4711)').waitFor();

    await decide('Reopen', 'operator:reopen', { Why: 'news' });
    await page.getByText('Live: it changes here as it goes on.').waitFor();
    await section('Needs somebody').getByText('REOPENED').waitFor();
    expect((await show(stack, reference)).phase).toBe('TRACKED');
  });

  test('an order whose workflow somebody has ended says so, and is taken up again', async () => {
    const { reference, portfolioOrderId } = await runningOrder(stack, 'interrupted');
    await terminate(stack, portfolioOrderId);
    await untilOrder(stack, reference, ({ interrupted }) => interrupted === true);
    await openOrder(reference);
    await section('Needs somebody').getByText('INTERRUPTED').waitFor();
    await decide('Reconcile', 'operator:reconcile', { Why: 'by mistake' });
    await section('Needs somebody').getByText('INTERRUPTED').waitFor({ state: 'detached' });
  });
}
