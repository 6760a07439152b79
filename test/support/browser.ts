/** A real browser, and rules that every page has to keep. */
import AxeBuilder from '@axe-core/playwright';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';

import { launchBrowser } from '../../demo/screenshots/browser';

export { launchBrowser };

/** The browser of a test file: started before its tests, closed after them. Suites take the function. */
export function useBrowser(): () => Browser {
  let browser: Browser | undefined;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser?.close());
  return () => {
    if (browser === undefined)
      throw new Error('The browser is started before tests, not while they are declared.');
    return browser;
  };
}

/** Requests of a page, and errors on its console. */
export interface Watched {
  requested: string[];
  complaints: string[];
}

/** A page in a context of its own, `page.context()`, which is watched from the beginning. */
export async function openPage(
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<{ page: Page; seen: Watched }> {
  const context = await browser.newContext(options);
  const seen = watched(context);
  return { page: await context.newPage(), seen };
}

function watched(context: BrowserContext): Watched {
  const seen: Watched = { requested: [], complaints: [] };
  context.setDefaultTimeout(20_000);
  context.on('request', (request) => seen.requested.push(request.url()));
  context.on('weberror', (error) => seen.complaints.push(error.error().message));
  context.on('console', (message) => {
    // Chromium logs rejected calls; tests check how the page handles them.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load'))
      seen.complaints.push(message.text());
  });
  return seen;
}

/** Checks that all requests went to `origin`, and that no errors occurred. */
export function expectAtPeace({ requested, complaints }: Watched, origin: string): void {
  const isElsewhere = (url: string): boolean =>
    !/^(data|about):/.test(url) && !url.startsWith(`${origin}/`) && !url.startsWith(`blob:${origin}/`);
  expect(requested.filter(isElsewhere)).toEqual([]);
  expect(complaints).toEqual([]);
}

/**
 * Violated WCAG rules that axe rates serious or critical.
 *
 * Legacy mode suffices for pages without frames of other origins; the other mode opens another page for each analysis.
 * Passed rules are not listed element by element. Both together take a fifth of the time.
 */
export async function barriers(
  page: Page,
  { only = [], within = 'html' }: { only?: string[]; within?: string } = {},
): Promise<string[]> {
  const axe = new AxeBuilder({ page })
    .options({ resultTypes: ['violations'] })
    .setLegacyMode(true)
    .include(within);
  const { violations } = await (only.length === 0 ? axe : axe.withRules(only)).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}
