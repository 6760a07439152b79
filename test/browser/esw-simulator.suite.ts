/** The ESW simulator's page, in a real browser, with orders that the product has reported. */
import type { Browser, Page } from 'playwright-core';
import type { Stack } from '../../demo/stack';
import { barriers, expectAtPeace, openPage, type Watched } from '../support/browser';
import { finished, submit } from '../support/stack';

export function eswSimulatorSuite(running: () => Stack, browser: () => Browser): void {
  let stack: Stack;
  let page: Page;
  let seen: Watched;
  let reference: string;

  beforeAll(async () => {
    stack = running();
    reference = await submit(stack);
    await finished(stack, reference);
    ({ page, seen } = await openPage(browser(), { viewport: { width: 1200, height: 800 } }));
    await page.goto(stack.esw.url);
  });
  afterAll(async () => {
    await page.context().close();
    expectAtPeace(seen, stack.esw.url);
  });

  test('an order shows its events in order, and those of its children', async () => {
    await page.getByRole('heading', { name: reference }).waitFor();
    const family = page.getByRole('region', { name: `Events of ${reference}` });
    const rows = await family.getByRole('row').allInnerTexts();
    const own = rows.findIndex((text) => text.trim() === `Portfolio order ${reference}`);
    const statuses = rows
      .slice(own + 1, own + 5)
      .map((text) => /Created|Confirmed|Fulfilled|Settled/.exec(text)?.[0]);
    expect(statuses).toEqual(['Created', 'Confirmed', 'Fulfilled', 'Settled']);
    expect(rows.filter((text) => /^\s*Child /.test(text))).toHaveLength(5);
    await page.getByRole('heading', { name: 'Findings of the audit: none' }).waitFor();
  });

  test('an event is one click away, with its body', async () => {
    const event = stack.esw.control.events({ reference })[0];
    await page.getByRole('link', { name: event?.body.id ?? '?' }).click();
    await page.getByText(reference).first().waitFor();
    expect(await barriers(page)).toEqual([]);
    await page.goBack();
  });

  test('it is accessible, and fits the window', async () => {
    expect(await barriers(page)).toEqual([]);
    const [width = 0, room = 0] = await page.evaluate<number[]>(
      '[document.documentElement.scrollWidth, document.documentElement.clientWidth]',
    );
    expect(width).toBeLessThanOrEqual(room);
  });
}
