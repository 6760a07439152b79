/** What a real XML parser makes of pictures of hostile texts: `test/picture` has a stricter reader of its own. */
import { constantFrom, oneof, sample, string } from 'fast-check';
import type { Browser } from 'playwright-core';
import { timelineSvg } from '../../src/picture';
import { eventful, picturedOf } from '../picture/pictured-lives';
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
/** Says what is wrong; empty for a document that is well-formed. */
const PARSED = `new DOMParser().parseFromString(svg, 'image/svg+xml').querySelector('parsererror')?.textContent ?? ''`;

export function pictureSuite(browser: () => Browser): void {
  test('Chromium reads them, and nothing in them runs', async () => {
    const page = await browser().newPage();
    const { view, entries } = picturedOf(eventful());
    for (const text of sample(HOSTILE, { numRuns: 60, seed: 1 })) {
      const orders = view.orders.map((order) => ({ ...order, id: text, instrumentId: text }));
      const told = entries.map((entry) => ({ ...entry, actor: text, reason: text, text }));
      const svg = timelineSvg({ ...view, reference: text, waitingFor: text, orders }, told);
      expect([text, await page.evaluate(`((svg) => ${PARSED})(${JSON.stringify(svg)})`)]).toEqual([text, '']);
      await page.setContent(svg);
    }
    expect(await page.title()).not.toBe('run');
    await page.close();
  });
}
