/** Operator actions on the page, for open and finished orders with issues. */
import { randomUUID } from 'node:crypto';
import type { Browser, Page } from 'playwright-core';
import type { Stack } from '../../demo/stack';
import {
  finishedOrder,
  pausedOrder,
  runningOrder,
  troubledOrder,
  unansweredPlacement,
  untilOrder,
} from '../../demo/scene/orders';
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
    await page.getByRole('button', { name: 'Sign out' }).waitFor();
  });
  afterAll(async () => {
    await page.context().close();
    expectAtPeace(seen, stack.url);
  });

  const section = (name: string) => page.getByRole('region', { name, exact: true });
  const row = (name: string, text: RegExp) => section(name).getByRole('row', { name: text });

  /** Changes the hash only: a reload would drop the token. */
  async function open(hash: string): Promise<void> {
    await page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
    await page.getByText('Loading …').first().waitFor({ state: 'detached' });
  }

  async function openOrder(name: string): Promise<void> {
    await open(`#/orders/${name}`);
    await page.getByRole('heading', { level: 1, name: `Order ${name}` }).waitFor();
  }

  /** Selects an action, submits its form, and waits for the response, which names the rule. */
  async function decide(action: string, rule: string, fields: Record<string, string>): Promise<void> {
    await section('Actions').getByRole('button', { name: action, exact: true }).click();
    const form = section('Actions').locator('form');
    for (const [label, text] of Object.entries(fields))
      await form.getByLabel(label, { exact: true }).fill(text);
    await form.getByRole('button', { name: action, exact: true }).click();
    await form.getByRole('status').getByText(rule, { exact: true }).waitFor();
  }

  test('open orders that need attention are listed apart from finished orders with open issues', async () => {
    const [troubled, finished] = await Promise.all([
      troubledOrder(stack, 'open-with-issues'),
      finishedOrder(stack, 'finished-with-issues', { scenario: 'MISTRADE' }),
    ]);
    const link = (title: string, name: string) => section(title).getByRole('link', { name });
    const [needsAttention, openIssues] = ['Needs attention', 'Finished with open issues'];
    // The visibility index lags behind.
    await until('both to be listed', async () => {
      await open('#/parked');
      await open('#/');
      await section('Orders').waitFor();
      const counts = [
        link(needsAttention, troubled.reference).count(),
        link(openIssues, finished.reference).count(),
      ];
      return (await Promise.all(counts)).every((count) => count === 1);
    });
    expect(await link(needsAttention, finished.reference).count()).toBe(0);
    expect(await link(openIssues, troubled.reference).count()).toBe(0);

    await link(openIssues, finished.reference).click();
    await section('Needs attention').getByText('MISTRADE').waitFor();
    await section('Needs attention').getByText('to act on the order, reopen it first').waitFor();
    await decide('Acknowledge', 'operator:acknowledge', { Reason: 'booked by hand' });
    await section('Needs attention').getByText('All clear.').waitFor();
    await page.getByText(/^Finished; last status /).waitFor();
  });

  test('an event that ESW rejected is shown with the response, and resent', async () => {
    await openOrder((await troubledOrder(stack, 'refused-by-esw')).reference);
    await section('Needs attention').getByText('EMISSION_REFUSED').waitFor();
    await section('Needs attention')
      .getByText(/PROCESSING.*422/)
      .waitFor();
    // The page names the button instead of the command.
    expect(await section('Needs attention').getByText('retry-emission').count()).toBe(0);
    await row('ESW', /PROCESSING.*rejected.*422/).waitFor();
    await decide('Resend to ESW', 'operator:retry-emission', { Reason: 'fixed' });
    await row('ESW', /PROCESSING.*accepted/).waitFor();
    await section('Needs attention').getByText('EMISSION_REFUSED').waitFor({ state: 'detached' });
  });

  test('an event that would arrive after later ones is left out instead (14.21)', async () => {
    await openOrder((await troubledOrder(stack, 'left-out-for-esw')).reference);
    await row('ESW', /PROCESSING.*rejected.*422/).waitFor();
    await section('Needs attention').getByText('skip-emission').waitFor({ state: 'detached' });
    await decide('Leave out', 'operator:skip-emission', { Reason: 'ESW does not need it' });
    await row('ESW', /PROCESSING.*left out/).waitFor();
    await section('Needs attention').getByText('EMISSION_REFUSED').waitFor({ state: 'detached' });
  });

  test('a paused queue shows its next attempt, and a resend resumes it at once', async () => {
    await openOrder((await pausedOrder(stack, 'paused')).reference);
    await section('Needs attention').getByText('EMISSION_STOPPED').waitFor();
    await section('Waiting for')
      .getByText(/Next attempt (now|in) /)
      .waitFor();
    await row('ESW', /NEW.*paused/).waitFor();
    stack.esw.control.clearFaults();
    await decide('Resend to ESW', 'operator:retry-emission', { Reason: 'the scope is there now' });
    await row('ESW', /NEW.*accepted/).waitFor();
    await section('Needs attention').getByText('All clear.').waitFor();
  });

  test('a placement of unknown outcome is resolved: the form takes an id or “created no order”, not both', async () => {
    await unansweredPlacement(stack, 'unanswered');
    await openOrder('unanswered');
    await section('Needs attention').getByText('PLACEMENT_UNKNOWN').waitFor();
    await section('Actions').getByRole('button', { name: 'Resolve placement' }).click();
    const form = section('Actions').locator('form');
    const send = () => form.getByRole('button', { name: 'Resolve placement' }).click();
    await form.getByLabel('Reason').fill('Upvest has looked');
    await send();
    await form.getByRole('alert').getByText('Choose one').waitFor();
    expect(await barriers(page)).toEqual([]);
    await form.getByLabel('Upvest order id').fill(randomUUID());
    await form.getByLabel('The POST created no order').check();
    await send();
    await form.getByRole('alert').getByText('Choose one').waitFor();
    await form.getByLabel('Upvest order id').clear();
    await send();
    await form.getByRole('status').getByText('placement:identified', { exact: true }).waitFor();
    await page.locator('.status').getByText('NOT_PLACED').waitFor();
    await section('Needs attention').getByText('All clear.').waitFor();
  });

  test('events held back from ESW are released', async () => {
    await openOrder(await heldOrder(stack));
    await section('Needs attention').getByText('FIRST_SEEN_FINISHED').waitFor();
    await decide('Release to ESW', 'operator:release', { Reason: 'ESW knows nothing of it' });
    await row('ESW', /SETTLED.*accepted/).waitFor();
  });

  test('an order is closed with evidence, and reopened', async () => {
    const { reference } = await runningOrder(stack, 'to-close');
    await openOrder(reference);
    await section('Actions').getByRole('button', { name: 'Close manually' }).click();
    const form = section('Actions').locator('form');
    await form.getByRole('button', { name: 'Close manually' }).click();
    await form.getByRole('alert').getByText('evidence').waitFor();
    await form.getByRole('button', { name: 'Back' }).click();
    await decide('Close manually', 'operator:close', { Reason: 'it is over', Evidence: 'ticket 4711' });
    await page.getByText(/^Finished; last status /).waitFor();
    await section('Details').getByText('it is over (ticket 4711)').waitFor();

    await decide('Reopen', 'operator:reopen', { Reason: 'news' });
    await page.getByText('● Live').waitFor();
    await section('Needs attention')
      .getByText(/REOPENED/)
      .first()
      .waitFor();
    expect((await show(stack, reference)).phase).toBe('TRACKED');
  });

  test('an order whose workflow was terminated shows that, and is resumed (14.59)', async () => {
    const { reference, portfolioOrderId } = await runningOrder(stack, 'interrupted');
    await terminate(stack, portfolioOrderId);
    await untilOrder(stack, reference, ({ interrupted }) => interrupted === true);
    await openOrder(reference);
    await section('Needs attention').getByText('INTERRUPTED').waitFor();
    await page.locator('.status').getByText('not tracked').waitFor();
    await section('Waiting for').getByText('An operator to restart it').waitFor();
    expect(await section('Waiting for').getByRole('listitem').count()).toBe(0);
    await decide('Check with Upvest now', 'operator:reconcile', { Reason: 'by mistake' });
    await section('Needs attention').getByText('INTERRUPTED').waitFor({ state: 'detached' });
  });
}
