import { createHash } from 'node:crypto';
import { request } from 'undici';
import { orderEvent, post, postEvent, start, stopAll, token, until, type HttpResponse } from './fixtures';

afterEach(stopAll);

type Simulator = Awaited<ReturnType<typeof start>>;

const child = (transactionType: string, reference: string, change = {}): ReturnType<typeof orderEvent> =>
  orderEvent(transactionType, reference, { parentBrandOrderReference: 'P', ...change });

async function page(simulator: Simulator, path = '/'): Promise<HttpResponse> {
  const { statusCode, headers, body } = await request(simulator.url + path);
  return { status: statusCode, headers, body: await body.text() };
}

/** The text of a page, one line per row, heading or paragraph. */
function linesOf({ body }: HttpResponse): string[] {
  return body
    .replace(/<style>.*?<\/style>/s, '')
    .replace(/\s+/g, ' ')
    .split(/<\/?(?:tr|h\d|p|title|caption)\b[^>]*>/)
    .map((part) =>
      part
        .replace(/<[^>]*>/g, ' ')
        .replace(/\s+/g, ' ')
        .trim(),
    )
    .filter((line) => line !== '');
}

describe('the page', () => {
  it('is HTML that may load and run only its own style', async () => {
    const simulator = await start();
    for (const path of ['/', '/events/x']) {
      const { headers, body } = await page(simulator, path);
      expect(headers).toMatchObject({
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-store',
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
      });
      const style = /<style>(.*?)<\/style>/s.exec(body)?.[1] ?? '';
      const hash = createHash('sha256').update(style).digest('base64');
      expect(headers['content-security-policy']).toBe(
        `default-src 'none'; style-src 'sha256-${hash}'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
      );
      expect(body).not.toMatch(/<script|<iframe|<form|\son\w+=|style="|https?:|src=|@import|url\(/i);
      expect(body).toMatch(/^<!doctype html>\s*<html lang="en">/);
      expect(body).toMatch(/<meta name="viewport" content="width=device-width, initial-scale=1"/);
      expect(style).toMatch(/color-scheme: light dark/);
    }
  });

  it('shows no problems before the first event', async () => {
    const now = Date.parse('2026-03-02T09:00:00Z');
    expect(linesOf(await page(await start({ now: () => now, mode: 'lenient' })))).toEqual([
      'ESW simulator',
      'ESW simulator: order events received',
      'Tenant PFOLIO, lenient mode, as of 2026-03-02T09:00:00.000Z .',
      'Findings of the audit: none',
      'Rejected requests: none',
      'Counts',
      'Requests Number',
      'accepted: stored for the first time 0',
      'replayed: known id, same body 0',
      'conflicting: known id, different body 0',
      'rejected: invalid or not authorised 0',
      'dropped: handled, but no response sent 0',
      'faulted: failed by an injected fault or outage 0',
      'Orders: 0',
    ]);
  });

  it('shows a section per order, newest first, with its children and a row per event', async () => {
    const now = Date.parse('2026-03-02T10:00:00Z');
    const simulator = await start({ now: () => now });
    const [placed, first, confirmed] = [
      orderEvent('OrderPlaced', 'P'),
      child('OrderPlaced', 'C'),
      orderEvent('OrderConfirmed', 'P'),
    ];
    const other = orderEvent('OrderPlaced', 'Q');
    const early = orderEvent('OrderPlaced', 'D', { parentBrandOrderReference: 'Q' });
    for (const event of [early, other, placed, first, first, confirmed]) await postEvent(simulator, event);
    const lines = linesOf(await page(simulator));
    const row = ({ id, status, lastTransaction }: typeof placed, times: number) => {
      const { type } = lastTransaction as { type: string };
      return `2026-03-02T10:00:00.000Z 2026-03-02T09:00:00.000Z ${status} ${type} ${id} ${times}`;
    };
    const head = 'Received Created Status Transaction Event Times received';
    expect(lines.slice(lines.indexOf('Orders: 2'))).toEqual([
      'Orders: 2',
      'P',
      head,
      'Portfolio order P',
      row(placed, 1),
      row(confirmed, 1),
      'Child C',
      row(first, 2),
      'Q',
      head,
      'Portfolio order Q',
      row(other, 1),
      'Child D',
      row(early, 1),
    ]);
    expect(lines).toContain('replayed: known id, same body 1');
  });

  it('starts with the problems', async () => {
    const simulator = await start();
    await postEvent(simulator, child('OrderPlaced', 'C'));
    const late = orderEvent('OrderPlaced', 'P');
    await postEvent(simulator, late);
    await postEvent(simulator, orderEvent('OrderPlaced', 'P', { status: '', id: 'no-guid' }));
    const lines = linesOf(await page(simulator));
    expect(lines.slice(3, 9)).toEqual([
      'Findings of the audit: 1',
      'Received Code Event Reference Earlier event Detail',
      expect.stringMatching(
        new RegExp(
          `Z child-before-parent ${late.id} P \\S+ OrderPlaced was received after an event of the child C`,
        ),
      ),
      'Rejected requests: 1',
      'Received Status Event Reference Reasons',
      expect.stringMatching(
        /Z 400 no-guid P Id: The value is not a valid GUID\. Status: The Status field is required\.$/,
      ),
    ]);
  });

  it('has headings in order, one h1, and a scope on every table header', async () => {
    const simulator = await start();
    const event = child('OrderPlaced', 'C');
    await postEvent(simulator, event);
    await postEvent(simulator, {});
    for (const path of ['/', `/events/${event.id}`]) {
      const { body } = await page(simulator, path);
      const levels = [...body.matchAll(/<h(\d)/g)].map(([, level]) => Number(level));
      expect(levels.filter((level) => level === 1)).toHaveLength(1);
      expect(levels[0]).toBe(1);
      levels.slice(1).forEach((level, index) => {
        expect(level).toBeLessThanOrEqual((levels[index] ?? 0) + 1);
      });
      expect(body).toMatch(/<th /);
      expect(body).not.toMatch(/<th(?![^>]* scope=")[ >]/);
    }
  });

  it('escapes received markup and text direction characters', async () => {
    const simulator = await start({ mode: 'lenient' });
    const evil = `"><script>alert('1')</script>&amp;\u202e\u0007`;
    const event = child('OrderPlaced', evil, {
      parentBrandOrderReference: `${evil}2`,
      status: evil,
      lastTransaction: { type: evil },
      tenantCode: 'PFOLIO',
    });
    const headers = { authorization: `Bearer ${await token(simulator)}`, 'idempotency-key': '<b>&' };
    expect((await postEvent(simulator, event, headers)).status).toBe(200);
    await postEvent(simulator, { id: evil, brandOrderReference: evil });
    for (const path of ['/', `/events/${event.id}`, `/events/${encodeURIComponent(evil)}`]) {
      const { body } = await page(simulator, path);
      expect(body).not.toMatch(/<script|alert\('|\u202e|\u0007/);
    }
    const escaped = '&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;amp;\\u202e\\u0007';
    const overview = (await page(simulator)).body;
    // Status, transaction, and the reference in the row of the child, in the finding and in the rejection.
    expect(overview.split(escaped).length).toBeGreaterThanOrEqual(6);
    expect((await page(simulator, `/events/${event.id}`)).body).toContain('&lt;b&gt;&amp;');
  });

  it('handles ids that are not GUIDs and do not fit into a URL', async () => {
    const simulator = await start({ mode: 'lenient' });
    simulator.control.addFault({ kind: 'delay', delayMs: 60_000 });
    const gone = postEvent(simulator, orderEvent('OrderPlaced', 'P')).catch(() => undefined);
    await until(() => simulator.control.counts().accepted === 1);
    const id = `\ud800${'x'.repeat(200_000)}`;
    // As JSON escapes, since UTF-8 cannot encode a lone surrogate.
    await postEvent(simulator, JSON.stringify(orderEvent('OrderConfirmed', 'P', { id })));
    expect(simulator.control.audit()).toMatchObject([{ code: 'reference-in-flight-together', id }]);
    const { status, body } = await page(simulator);
    expect(status).toBe(200);
    expect(body.length).toBeLessThan(20_000);
    await simulator.close();
    await gone;
  });

  it('truncates long texts', async () => {
    const simulator = await start();
    await postEvent(simulator, orderEvent('OrderPlaced', '🙂'.repeat(100_000)));
    const { body } = await page(simulator);
    expect(body.length).toBeLessThan(20_000);
    expect(body).toContain(`<h3>${'🙂'.repeat(120)}…</h3>`);
  });

  it('shows the newest 200 orders and says that there are more', async () => {
    const simulator = await start();
    const authorization = `Bearer ${await token(simulator)}`;
    const send = (reference: string) =>
      postEvent(simulator, orderEvent('OrderPlaced', reference), { authorization });
    for (let order = 1; order <= 201; order += 1) await send(`order-${order}`);
    await send('order-1');
    const { body } = await page(simulator);
    const shown = [...body.matchAll(/<h3>(.*?)<\/h3>/g)].map(([, reference]) => reference);
    expect(shown).toHaveLength(200);
    expect(shown.slice(0, 2)).toEqual(['order-1', 'order-201']);
    expect(shown).not.toContain('order-2');
    expect(linesOf({ ...(await page(simulator)) })).toContain('Showing the newest 200 of 201 orders.');
  });

  it('shows the newest 50 findings and rejections', async () => {
    const simulator = await start();
    const authorization = `Bearer ${await token(simulator)}`;
    for (let times = 0; times < 51; times += 1) {
      await postEvent(
        simulator,
        child('OrderPlaced', `C${times}`, { parentBrandOrderReference: `P${times}` }),
        { authorization },
      );
      await postEvent(simulator, orderEvent('OrderPlaced', `P${times}`), { authorization });
      await postEvent(simulator, {}, { authorization });
    }
    const lines = linesOf(await page(simulator));
    expect(lines.filter((line) => line === 'Showing the newest 50 of 51.')).toHaveLength(2);
    expect(lines.filter((line) => line.includes(' child-before-parent '))).toHaveLength(50);
    expect(lines.filter((line) => line.includes(' 400 none '))).toHaveLength(50);
  });

  it('supports GET and HEAD only, and can be disabled', async () => {
    const simulator = await start();
    expect((await request(simulator.url, { method: 'HEAD' })).statusCode).toBe(200);
    const posted = await post(`${simulator.url}/`, 'x', {});
    expect([posted.status, posted.headers.allow]).toEqual([405, 'GET, HEAD']);
    expect((await page(await start({ page: false }))).status).toBe(404);
  });
});

describe('the page of an event', () => {
  it('shows the formatted body with exact integers, and every arrival', async () => {
    const simulator = await start();
    const event = child('OrderPlaced', 'C');
    const text = `${JSON.stringify(event).slice(0, -1)},"monolithId":9223372036854775807}`;
    await postEvent(simulator, text);
    await postEvent(simulator, `${text}\n`);
    await postEvent(simulator, { ...event, status: 'Confirmed' });
    const answer = await page(simulator, `/events/${event.id.toUpperCase()}`);
    expect(answer.status).toBe(200);
    const pretty = /<pre>(.*?)<\/pre>/s.exec(answer.body)?.[1]?.replaceAll('&quot;', '"');
    const printed = JSON.stringify({ ...event, monolithId: 0 }, null, 2);
    expect(pretty).toBe(printed.replace('"monolithId": 0', '"monolithId": 9223372036854775807'));
    const lines = linesOf(answer);
    expect(lines).toContain('Times received 3');
    expect(lines).toContain('Parent reference P');
    const taken = lines.filter((line) => /^\S+Z (accepted|replayed|conflicting) \d+ [\da-f]{64}$/.test(line));
    expect(taken.map((line) => line.split(' ').slice(1, 3).join(' '))).toEqual([
      `accepted ${text.length}`,
      `replayed ${text.length + 1}`,
      expect.stringMatching(/^conflicting /),
    ]);
  });

  it('is not found for an id that was not accepted', async () => {
    const answer = await page(await start(), '/events/5d0c6a52-7f0e-4c39-9a53-1f2f6f8f3c11');
    expect(answer.status).toBe(404);
    expect(linesOf(answer)).toContain('Event not found');
  });
});
