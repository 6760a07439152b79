/** The operators' page in a real browser, against the whole product. */
import { randomUUID } from 'node:crypto';
import type { Browser, Page } from 'playwright-core';
import type { Stack } from '../../demo/stack';
import { barriers, expectAtPeace, openPage, type Watched } from '../support/browser';
import { newRequest, show, submit, until } from '../support/stack';

const VIEW = { viewport: { width: 1000, height: 700 } };

export function pageSuite(running: () => Stack, browser: () => Browser): void {
  let stack: Stack;
  let page: Page;
  let seen: Watched;
  let waitingOrder: Promise<string> | undefined;

  // One page for all tests, because each page is a process of its own. A reload drops the token.
  beforeAll(async () => {
    stack = running();
    ({ page, seen } = await openPage(browser(), VIEW));
  });
  afterEach(async () => {
    await page.context().setOffline(false);
    await page.setViewportSize(VIEW.viewport);
    await page.emulateMedia({ colorScheme: 'light' });
    await page.goto('about:blank');
    expectAtPeace(seen, stack.url);
  });
  afterAll(() => page.context().close());

  const heading = () => page.getByRole('heading', { level: 1 });
  const section = (name: string) => page.getByRole('region', { name, exact: true });
  const focused = () => page.locator(':focus');

  async function signIn(token: string, hash = '#/'): Promise<void> {
    await page.goto(`${stack.url}/${hash}`);
    await page.getByLabel('API token').fill(token);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Sign out' }).waitFor();
  }

  function isTooWide(): Promise<boolean> {
    return page.evaluate<boolean>(
      'document.documentElement.scrollWidth > document.documentElement.clientWidth',
    );
  }

  /** An order that stays in PROCESSING until an operator acts; shared by all tests. */
  function waiting(): Promise<string> {
    waitingOrder ??= placedWaiting();
    return waitingOrder;
  }

  async function placedWaiting(): Promise<string> {
    const accountId = randomUUID();
    stack.upvest.control.configureAccount(accountId, { scenario: 'WAITS_IN_PROCESSING' });
    const reference = await submit(stack, newRequest({ accountId }));
    await until(
      'it to be PROCESSING',
      async () => (await show(stack, reference)).order?.status === 'PROCESSING',
    );
    return reference;
  }

  async function parked(): Promise<string> {
    const id = randomUUID();
    await stack.upvest.control.sendRaw({
      events: [{ id, type: 'WEATHER.CHANGED', object: { note: '<img src=x onerror=alert(1)>' } }],
    });
    return id;
  }

  test('a partner that fails is named, with the time, the reason and the number of orders (14.57)', async () => {
    const failing = {
      state: 'failing',
      since: '2026-11-30T12:00:00.000Z',
      lastError: 'ESW answered <b>503</b>',
      ordersWaiting: 30,
    };
    await page.route('**/status', (route) =>
      route.fulfill({
        json: { esw: failing, upvest: { state: 'ok' }, clock: { aheadSeconds: -31, isOff: true } },
      }),
    );
    await signIn(stack.tokens.read);
    const line = page.getByText('ESW has been failing since');
    await line.waitFor();
    expect(await line.textContent()).toMatch(
      /^ESW has been failing since .*\. Orders waiting for it: 30\. Last error: ESW answered <b>503<\/b>$/,
    );
    await page.getByText('The server’s clock is 31 s behind Upvest’s: synchronise it').waitFor();
    expect(await page.getByText('Upvest has been failing').count()).toBe(0);
    expect(await barriers(page)).toEqual([]);
    await page.unroute('**/status');
  });

  test('an invalid token is rejected, and tokens are never stored', async () => {
    await page.goto(`${stack.url}/`);
    await page.getByLabel('API token').fill('not-a-token');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').getByText('This token is not valid').waitFor();
    expect(await barriers(page)).toEqual([]);
    await page.getByLabel('API token').fill('zwei Wörter');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').getByText('This is not a token').waitFor();

    await page.getByLabel('API token').fill(stack.tokens.read);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('demo-read (read)').waitFor();
    expect(await page.evaluate('localStorage.length + sessionStorage.length + document.cookie.length')).toBe(
      0,
    );
    expect(seen.requested.join('\n')).not.toContain(stack.tokens.read);
    await page.reload();
    await page.getByLabel('API token').waitFor();
  });

  test('an order is placed, followed live until it is settled, and drawn', async () => {
    await signIn(stack.tokens.submit, '#/place');
    await page.getByRole('button', { name: 'Place order' }).click();
    await page.getByText('Enter a positive amount').first().waitFor();
    await expectFocusOn('Reference');
    expect(await barriers(page)).toEqual([]);

    const { reference, userId, accountId } = newRequest() as Record<string, string>;
    stack.upvest.control.configureAccount(accountId ?? '', { orderFee: '0.99' });
    await page.getByLabel('Reference').fill(reference ?? '');
    await page.getByLabel('User id').fill(userId ?? '');
    await page.getByLabel('Account id').fill(accountId ?? '');
    await page.getByLabel('Amount', { exact: true }).fill('250.00');
    await page.getByRole('button', { name: 'Place order' }).click();

    await page.getByRole('heading', { level: 1, name: `Order ${reference ?? ''}` }).waitFor();
    await page.locator('.status').getByText('SETTLED').waitFor();
    await page.getByText(/^Finished; last status /).waitFor();
    await section('Child orders').getByText('4 of 4 executions settled').waitFor();
    expect(await section('Child orders').getByText('fee 0.99 EUR').count()).toBe(4);
    await section('ESW')
      .getByRole('row', { name: /SETTLED.*accepted/ })
      .waitFor();
    await section('Timeline')
      .getByRole('row', { name: /portfolio-order:FILLED>SETTLED/ })
      .waitFor();
    const chart = section('Timeline chart').getByRole('img', { name: /Lanes over time/ });
    await until('the chart', () =>
      chart.evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth > 0),
    );
    await section('Actions').getByText('require a token with the operate role').waitFor();
  });

  test('a parked event is read and discarded', async () => {
    const eventId = await parked();
    await signIn(stack.tokens.operate, '#/parked');
    const link = page.getByRole('link', { name: eventId });
    await until('the event to be listed', async () => {
      await page.getByRole('link', { name: 'Orders', exact: true }).click();
      await page.getByRole('link', { name: 'Parked events' }).click();
      await page.getByRole('heading', { level: 1, name: 'Parked events' }).waitFor();
      await page
        .getByText(/Received|No parked events/)
        .first()
        .waitFor();
      return (await link.count()) > 0;
    });
    expect(await barriers(page)).toEqual([]);
    await link.click();
    await page.getByText('"note": "<img src=x onerror=alert(1)>"').waitFor();
    expect(await barriers(page)).toEqual([]);

    const discard = section('Discard');
    await discard.getByLabel('Reason').fill('not needed');
    await discard.getByRole('button', { name: 'Discard' }).click();
    await discard.getByRole('status').getByText('discarded').waitFor();
    await page.getByText('ENDED', { exact: true }).waitFor();
  });

  test('nothing overflows a screen of 360 pixels', async () => {
    const reference = await waiting();
    await page.setViewportSize({ width: 360, height: 740 });
    await parked();
    await signIn(stack.tokens.operate);
    for (const hash of ['#/', `#/orders/${reference}`, '#/parked', '#/nowhere']) {
      await page.goto(`${stack.url}/${hash}`);
      await heading().waitFor();
      await until('it to be loaded', async () => (await page.getByText('Loading …').count()) === 0);
      expect([hash, await isTooWide()]).toEqual([hash, false]);
    }
  });

  test('text has enough contrast in dark mode', async () => {
    await page.emulateMedia({ colorScheme: 'dark' });
    const reference = await waiting();
    await signIn(stack.tokens.operate, `#/orders/${reference}`);
    await section('Timeline').getByRole('row').nth(1).waitFor();
    expect(await barriers(page, { only: ['color-contrast'] })).toEqual([]);
  });

  test('an operator cancels with the keyboard alone; a repeated click is one decision', async () => {
    const reference = await waiting();
    await signIn(stack.tokens.operate);
    await heading().and(focused()).waitFor();
    await section('Orders').getByRole('link', { name: reference }).waitFor();
    expect(await barriers(page)).toEqual([]);

    await tabTo(reference);
    await page.keyboard.press('Enter');
    await page.locator('.status').getByText('PROCESSING').waitFor();
    await heading().and(focused()).waitFor();
    await tabTo('Cancel order');
    await page.keyboard.press('Enter');
    expect(await focused().textContent()).toBe('Cancel order');
    const keys: (string | undefined)[] = [];
    page.on('request', (request) => {
      if (request.method() === 'POST') keys.push(request.headers()['idempotency-key']);
    });
    const form = section('Actions').locator('form');
    await form.getByRole('button', { name: 'Cancel order' }).press('Enter');
    await form.getByRole('alert').getByText('INVALID_REQUEST').waitFor();
    await expectFocusOn('Reason');
    expect(await barriers(page)).toEqual([]);
    await page.keyboard.type('The client <called>');
    await page.keyboard.press('Tab');
    await page.keyboard.type('Ada');
    await page.keyboard.press('Enter');
    await form.getByRole('status').getByText('operator:cancel', { exact: true }).waitFor();
    expect(keys).toEqual([keys[0], keys[0]]);
    expect(keys[0]).toMatch(/^[0-9a-f]{32}$/);

    await page.locator('.status').getByText('CANCELLED').waitFor();
    await section('Timeline').getByText('Ada (demo-operate): The client <called>').waitFor();
  });

  test('an unknown order and an unreachable server are reported', async () => {
    await signIn(stack.tokens.read, '#/orders/unknown-order');
    await page.getByRole('alert').getByText('NOT_FOUND').waitFor();
    await page.context().setOffline(true);
    await page.getByRole('link', { name: 'Parked events' }).click();
    await page.getByText('Server unreachable').waitFor();
  });

  async function expectFocusOn(label: string): Promise<void> {
    await page.getByLabel(label, { exact: true }).and(focused()).waitFor();
  }

  /** Presses Tab until an element with this text has the focus. */
  async function tabTo(text: string): Promise<void> {
    for (let count = 0; count < 60; count += 1) {
      await page.keyboard.press('Tab');
      if ((await focused().textContent())?.trim() === text) return;
    }
    throw new Error(`Tab never reaches ${text}`);
  }
}
