/** The page of the API's document, in a real browser. */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { Stack } from '../../src/cli/dev-stack';
import { barriers, expectAtPeace, launchBrowser, watched, type Watched } from '../support/browser';
import { call, startTestStack } from '../support/stack';
import { closeTemporal } from '../support/temporal';

let stack: Stack;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let seen: Watched;

beforeAll(async () => {
  browser = await launchBrowser();
  stack = await startTestStack();
  context = await browser.newContext();
  seen = watched(context);
  page = await context.newPage();
  await page.goto(`${stack.url}/docs`);
  await page.locator('.opblock').first().waitFor();
});
afterAll(async () => {
  await browser.close();
  await stack.stop();
  await closeTemporal();
});

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

/**
 * Serious findings of axe's in the markup and colours of swagger-ui 5 itself, for which it has no option: white and red
 * letters on its light colours; a button inside the heading that folds each operation; the lists of servers and examples,
 * and examples that scroll, without names or focus. A style sheet of ours could darken colours; the others would take
 * another page.
 */
const SWAGGER_UI = ['color-contrast', 'nested-interactive', 'scrollable-region-focusable', 'select-name'];

test('everyone can use it, but for what swagger-ui itself gets wrong', async () => {
  expect(await barriers(page, { except: SWAGGER_UI })).toEqual([]);
});

test('an operation unfolds with its parameters and answers', async () => {
  await page
    .getByRole('button', { name: /Read one portfolio order/ })
    .first()
    .click();
  const operation = page.locator('.opblock.is-open');
  await operation.getByText('referenceOrId').first().waitFor();
  await operation.getByText('404').first().waitFor();
});

test('nothing comes from elsewhere, and nothing goes wrong', () => {
  expect(seen.requested.length).toBeGreaterThan(4);
  expectAtPeace(seen, stack.url);
});
