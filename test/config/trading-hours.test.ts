/** The variable POLICY_TRADING_HOURS. */
import { z } from 'zod';
import { policiesOf, policyVariables } from '../../src/config/policies';
import type { TradingHours } from '../../src/domain/calendar/trading-hours';

const parse = (text: string) => z.object(policyVariables).safeParse({ POLICY_TRADING_HOURS: text });
function hoursOf(text: string): TradingHours | undefined {
  const { data } = parse(text);
  if (data === undefined) throw new Error(`${text} is not valid`);
  return policiesOf(data).deadlines.tradingHours;
}

it.each([
  ['EUR=08:00-22:00', '08:00-22:00', '08:00-16:30'],
  ['GBP=07:00-20:00, EUR=09:00-20:00', '09:00-20:00', '07:00-20:00'],
])('%s leaves the hours of other currencies', (text, eur, gbp) => {
  const { TARGET, LONDON } = hoursOf(text) ?? {};
  expect([TARGET, LONDON].map((hours) => `${hours?.opens}-${hours?.closes}`)).toEqual([eur, gbp]);
});

it('off leaves them out of the policies, as in orders of earlier releases', () => {
  expect(hoursOf('off')).toBeUndefined();
});

it.each(['on', 'USD=09:00-17:30', 'EUR=09:00', 'EUR=17:30-09:00', 'EUR=9:00-17:30', 'EUR=09:00-24:00'])(
  '%s is a problem',
  (text) => {
    expect(parse(text).error?.issues.map(({ message }) => message)).toEqual([
      expect.stringContaining('EUR=09:00-17:30'),
    ]);
  },
);
