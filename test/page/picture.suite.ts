/** What a real XML parser makes of pictures of hostile texts: `test/picture` has a stricter reader of its own. */
import { constantFrom, nat, oneof, sample, string } from 'fast-check';
import type { Browser } from 'playwright-core';
import { timelineSvg } from '../../src/picture';
import { eventful, picturedOf } from '../picture/pictured-lives';

/** As the unit `binary`, which first makes a table of them all, and half of a surrogate pair, too. */
const ANY_CODE_POINT = nat({ max: 0x10ffff }).map((code) => String.fromCodePoint(code));
const HOSTILE = oneof(
  string({ unit: ANY_CODE_POINT, minLength: 1 }),
  constantFrom(
    '</text><script>document.title = "run"</script>',
    '&amp;&#0;<!--',
    ']]>',
    '\ud800',
    '\ufffe',
    '\0',
  ),
);
/** For each picture, what is wrong with it, empty for a document that is well-formed, and the page's title once it was shown. */
const READ = `(svgs) => svgs.map((svg) => {
  const parsed = new DOMParser().parseFromString(svg, 'image/svg+xml');
  const problem = parsed.querySelector('parsererror')?.textContent ?? '';
  document.open();
  document.write(svg);
  document.close();
  return [problem, document.title];
})`;

export function pictureSuite(browser: () => Browser): void {
  test('Chromium reads them, and nothing in them runs', async () => {
    const page = await browser().newPage();
    const { view, entries } = picturedOf(eventful());
    const texts = sample(HOSTILE, { numRuns: 60, seed: 1 });
    const svgs = texts.map((text) => {
      const orders = view.orders.map((order) => ({ ...order, id: text, instrumentId: text }));
      const told = entries.map((entry) => ({ ...entry, actor: text, reason: text, text }));
      return timelineSvg({ ...view, reference: text, waitingFor: text, orders }, told);
    });
    // All in one call: each is a message of its own to the browser otherwise, and a load to wait for.
    const read = await page.evaluate<[string, string][]>(`(${READ})(${JSON.stringify(svgs)})`);
    expect(read.map(([problem], index) => [texts[index], problem])).toEqual(texts.map((text) => [text, '']));
    for (const [, title] of read) expect(title).not.toBe('run');
    expect(await page.title()).not.toBe('run');
    await page.close();
  });
}
