/** `npm start -- --scene` shows every attention that the product knows, each raised by real means. */
import { stripVTControlCharacters } from 'node:util';
import { pino } from 'pino';
import { EVERY_ATTENTION } from '../../demo/scene/attentions';
import { rolesOf, SCENE_SERVER, SCENE_STACK } from '../../demo/scene/scene';
import { showScene } from '../../demo/scene/show-scene';
import type { Stack } from '../../demo/stack';
import { startWholeStack } from '../../demo/full-stack';
import type { OrderSummary } from '../../src/app/ports/order-list';
import { PARKING_REASONS, type ParkedEventSummary } from '../../src/app/parked-events/parked-events';
import { call, until } from '../support/stack';
import { closeTemporal, installTestRuntime, testBundle } from '../support/temporal';

/** Longer than the scene waits, so that the scene reports what is missing. */
const LIMIT_MS = 240_000;
const undo: (() => Promise<unknown>)[] = [];
let stack: Stack;

/** On a server of its own: one situation needs a lower limit than others would have. */
beforeAll(async () => {
  installTestRuntime();
  undo.push(closeTemporal);
  const whole = await startWholeStack({
    server: { log: () => undefined, ...SCENE_SERVER },
    bundlePath: testBundle().codePath,
    logger: pino({ level: 'silent' }),
    httpPort: 0,
    ...SCENE_STACK,
  });
  undo.push(() => whole.stop());
  ({ stack } = whole);
});
afterAll(async () => {
  for (const step of undo.reverse()) await step();
});

/** Items that the API lists for a code: references and ids of orders, or ids of parked events. */
async function listedUnder(code: string): Promise<(string | undefined)[]> {
  const reason = PARKING_REASONS.find((one) => `PARKED_${one}` === code);
  const path =
    reason === undefined
      ? `/portfolio-orders?attention=${code}&limit=100`
      : `/parked-events?reason=${reason}&limit=100`;
  const body = await until('the index to answer', async () => {
    const answer = await call(stack, 'GET', path, { token: stack.tokens.read });
    return answer.status === 200 && answer.body;
  });
  const { orders = [], events = [] } = body as { orders?: OrderSummary[]; events?: ParkedEventSummary[] };
  return [
    ...orders.flatMap(({ reference, portfolioOrderId }) => [reference, portfolioOrderId]),
    ...events.map(({ id }) => id),
  ];
}

/** The scene's database is never away. */
const SHOWN_THERE = EVERY_ATTENTION.filter((code) => code !== 'RECORD_UNSAVED');

it('has a situation for each of them, and no code twice', () => {
  const shown = rolesOf('x').flatMap(({ situation }) => situation.shows);
  expect([...shown].sort()).toEqual([...SHOWN_THERE].sort());
});

it('knows every reason for which an event is parked', () => {
  const parked = EVERY_ATTENTION.filter((code) => code.startsWith('PARKED_'));
  expect([...parked].sort()).toEqual(PARKING_REASONS.map((reason) => `PARKED_${reason}`).sort());
});

it(
  'acknowledges each of them on its page, and ends successfully',
  async () => {
    const lines: string[] = [];
    const never = new Promise<never>(() => undefined);
    const shown = await showScene(stack, {
      out: (line) => lines.push(stripVTControlCharacters(line)),
      interrupted: never,
      limitMs: LIMIT_MS - 40_000,
    });
    expect(lines.filter((line) => line.startsWith('✗'))).toEqual([]);
    expect(shown).toEqual({ asExpected: true });
    expect(lines.at(-2)).toMatch(
      new RegExp(`^All ${SHOWN_THERE.length} attentions shown after \\d+\\.\\d s\\.$`),
    );

    const ticks = lines.flatMap((line) => {
      const [, code = '', reference = '', url = ''] = /^✓ +[\d.]+ s +(\w+) +(\S+) +(\S+)$/.exec(line) ?? [];
      return code === '' ? [] : [{ code, reference, url }];
    });
    expect(ticks.map(({ code }) => code).sort()).toEqual([...SHOWN_THERE].sort());
    const [, table = ''] = lines;
    for (const { code, reference, url } of ticks) {
      expect(table).toContain(code);
      expect(table).toContain(reference);
      // It is still there for readers who follow the link.
      const [, name = ''] = /#\/(?:orders|parked)\/(.+)$/.exec(url) ?? [];
      expect(url.startsWith(`${stack.url}/#/`)).toBe(true);
      expect({ code, listed: await listedUnder(code) }).toEqual({
        code,
        listed: expect.arrayContaining([name]) as string[],
      });
    }
  },
  LIMIT_MS,
);
