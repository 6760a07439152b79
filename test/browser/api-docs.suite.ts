/** The page of the API's document, in a real browser. */
import type { Browser, Page } from 'playwright-core';
import type { Stack } from '../../demo/stack';
import { barriers, expectAtPeace, openPage, type Watched } from '../support/browser';
import { call } from '../support/stack';

export function apiDocsSuite(running: () => Stack, browser: () => Browser): void {
  let stack: Stack;
  let page: Page;
  let seen: Watched;

  beforeAll(async () => {
    stack = running();
    ({ page, seen } = await openPage(browser()));
    await page.goto(`${stack.url}/docs`);
    await page.locator('.opblock').first().waitFor();
  });
  afterAll(() => page.context().close());

  interface Document {
    paths: Record<string, Record<string, { summary: string }>>;
  }

  test('every operation of the document is listed by its method, path and summary', async () => {
    const { paths } = (await call(stack, 'GET', '/openapi.json')).body as Document;
    const documented = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { summary }]) => `${method.toUpperCase()} ${path} ${summary}`),
    );
    expect(documented.length).toBeGreaterThan(15);
    const listed = await page.locator('.opblock-summary').allTextContents();
    // The page puts zero-width spaces into paths, where they may be broken.
    const plain = (text: string): string => text.replace(/[\s\u200b]/g, '');
    expect(listed.map(plain).sort()).toEqual(documented.map(plain).sort());
  });

  test('it is accessible', async () => {
    expect(await barriers(page)).toEqual([]);
  });

  test('an operation expands to its parameters and answers, can be tried, and is accessible', async () => {
    const operation = page.locator('.opblock', { hasText: 'Request cancellation at Upvest' }).first();
    await operation.locator('.opblock-summary-control').press('Enter');
    await operation.getByText('409').first().waitFor();
    await operation.getByRole('button', { name: 'Try it out' }).press('Enter');
    await operation.getByRole('textbox', { name: 'Request body' }).waitFor();
    expect(await barriers(page, { within: '.opblock.is-open' })).toEqual([]);
  });

  test('the token is entered in an accessible dialog', async () => {
    await page.locator('.auth-wrapper .authorize').first().press('Enter');
    await page.locator('.dialog-ux .auth-container input').waitFor();
    expect(await barriers(page, { within: '.dialog-ux' })).toEqual([]);
  });

  test('all requests go to its server, without errors', () => {
    expect(seen.requested.length).toBeGreaterThan(4);
    expectAtPeace(seen, stack.url);
  });
}
