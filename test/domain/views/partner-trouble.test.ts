/** A partner that fails for an order. */
import { partnerTroubles, toIndex } from '../../../src/domain/views/partner-trouble';
import { initialState } from '../../../src/domain/order/transitions';
import { policies, T } from '../order/waiting';
import type { Trouble } from '../../../src/domain/order-state/state';

const troubled = (...troubles: Trouble[]) =>
  partnerTroubles({ ...initialState('po', T, policies, 'portfolio'), troubles });
const trouble = (kind: Trouble['kind'], since: number): Trouble => ({
  kind,
  since,
  attempts: 1,
  cause: `${kind} since ${since}`,
});

test('each partner is named once, with its oldest trouble; what only people know is not its fault', () => {
  expect(
    troubled(
      trouble('child-unreadable', 2_000),
      trouble('cancel', 1_000),
      trouble('esw', 3_000),
      trouble('child-unknown', 0),
      trouble('placement', 0),
    ),
  ).toEqual([
    { partner: 'esw', since: '1970-01-01T00:00:03.000Z', error: 'esw since 3000' },
    { partner: 'upvest', since: '1970-01-01T00:00:01.000Z', error: 'cancel since 1000' },
  ]);
});

test('ESW fails while it rejects our credentials or requests a pause, though it answers', () => {
  const state = initialState('po', T, policies, 'portfolio');
  const pause = {
    why: 'unauthorised',
    refusal: { message: '401' },
    since: 0,
    until: 1,
    attempts: 1,
  } as const;
  expect(partnerTroubles({ ...state, emission: { ...state.emission, pause } })).toEqual([
    { partner: 'esw', since: '1970-01-01T00:00:00.000Z', error: '401' },
  ]);
});

test('an entry of the index is on one line, and at most 200 characters long', () => {
  const since = '2026-11-24T17:00:00.000Z';
  const one = { partner: 'esw', since, error: 'ESW answered 503' } as const;
  expect(toIndex(one)).toBe(`esw ${since} ESW answered 503`);
  const long = toIndex({ ...one, error: `a\u0000b\n${'😀'.repeat(300)}` });
  expect(Array.from(long)).toHaveLength(200);
  expect(long).toMatch(/ a b 😀+…$/u);
});
