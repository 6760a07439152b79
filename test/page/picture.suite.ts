/** Parses charts with hostile texts in Chromium; `test/picture` has a stricter checker of its own. */
import { constantFrom, oneof, sample, string } from 'fast-check';
import type { Browser } from 'playwright-core';
import { timelineSvg } from '../../src/picture';
import { eventful, picturedOf } from '../picture/pictured-orders';
const HOSTILE = oneof(
  string({ unit: 'binary', minLength: 1 }),
  constantFrom(
    '</text><script>document.title = "run"</script>',
    '&amp;&#0;<!--',
    ']]>',
    '\ud800',
    '\ufffe',
    '\0',
  ),
);
/** The parser's error; empty for a well-formed document. */
const PARSED = `new DOMParser().parseFromString(svg, 'image/svg+xml').querySelector('parsererror')?.textContent ?? ''`;

export function pictureSuite(browser: () => Browser): void {
  test('Chromium parses them, and no script runs', async () => {
    const page = await browser().newPage();
    const { view, entries } = picturedOf(eventful());
    for (const text of sample(HOSTILE, { numRuns: 60, seed: 1 })) {
      const orders = view.orders.map((order) => ({ ...order, id: text, instrumentId: text }));
      const hostileEntries = entries.map((entry) => ({ ...entry, actor: text, reason: text, text }));
      const svg = timelineSvg({ ...view, reference: text, waitingFor: text, orders }, hostileEntries);
      expect([text, await page.evaluate(`((svg) => ${PARSED})(${JSON.stringify(svg)})`)]).toEqual([text, '']);
      await page.setContent(svg);
    }
    expect(await page.title()).not.toBe('run');
    await page.close();
  });
}
