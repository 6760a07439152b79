/** Policies from environment variables: deadlines and automatic actions of orders. */
import { z } from 'zod';
import { A_DURATION, duration, durationOf, readAs, wholeNumber } from './values';
import { marketOf, type SettlementCycle } from '../domain/calendar/trading-days';
import type { TradingHours } from '../domain/calendar/trading-hours';
import { isDecimal } from '../domain/values/decimal';
import { bundledCalendar } from '../domain/calendar/trading-calendar';
import type { DeadlinePolicies, Policies } from '../domain/order-state/policies';
import type { Span } from '../domain/calendar/spans';

const spanMessage = `${A_DURATION}, or trading days such as 1td`;

function spanOf(text: string): Span | undefined {
  const match = /^(\d{1,2})td$/.exec(text);
  if (match) return { tradingDays: Number(match[1]) };
  const ms = durationOf(text);
  return ms === undefined ? undefined : { ms };
}

function span(standard: string) {
  return z.string().default(standard).pipe(readAs(spanOf, spanMessage));
}

const CYCLES =
  'must be a number of trading days, optionally with changes by trade date, such as 2,2027-10-11:1';

/** `2,2027-10-11:1`: two days, and one day for trades from that date. */
function cyclesOf(text: string): SettlementCycle[] | undefined {
  const [first = '', ...changes] = text.split(',');
  if (!/^\d$/.test(first)) return undefined;
  const cycles: SettlementCycle[] = [{ days: Number(first) }];
  for (const change of changes) {
    const match = /^(\d{4}-\d{2}-\d{2}):(\d)$/.exec(change);
    const [, from, days] = match ?? [];
    if (from === undefined || Number.isNaN(Date.parse(from))) return undefined;
    cycles.push({ from, days: Number(days) });
  }
  return cycles;
}

const HOURS =
  'must be off, or the opening hours by currency, at the time of its market, such as EUR=09:00-17:30,GBP=08:00-16:30';

/** Continuous trading of Xetra and of the London Stock Exchange. */
const EXCHANGE_HOURS: TradingHours = {
  TARGET: { opens: '09:00', closes: '17:30' },
  LONDON: { opens: '08:00', closes: '16:30' },
};

/** `EUR=08:00-22:00`: a currency that is left out keeps its default. */
function tradingHoursOf(text: string): { hours?: TradingHours } | undefined {
  if (text === 'off') return {};
  let hours = EXCHANGE_HOURS;
  for (const pair of text.split(',')) {
    const match = /^(EUR|GBP)=((?:[01]\d|2[0-3]):[0-5]\d)-((?:[01]\d|2[0-3]):[0-5]\d)$/.exec(pair.trim());
    const [, currency, opens = '', closes = ''] = match ?? [];
    const market = marketOf(currency);
    if (market === undefined || opens >= closes) return undefined;
    hours = { ...hours, [market]: { opens, closes } };
  }
  return { hours };
}

function codesOf(text: string): string[] | undefined {
  const codes = text.split(',').map((code) => code.trim());
  return codes.every((code) => /^[A-Z_]{1,60}$/.test(code)) ? codes : undefined;
}

export const policyVariables = {
  POLICY_PLACED_GRACE: duration('60s'),
  POLICY_PREDECESSOR_GRACE: duration('30s'),
  POLICY_EMISSION_LINGER: duration('400ms'),
  POLICY_HISTORY_EVENTS_PER_RUN: wholeNumber(1200, 50, 10_000),
  POLICY_NEW_DEADLINE: duration('15m'),
  POLICY_NEW_ATTENTION: span('1td'),
  POLICY_PROCESSING_DEADLINE: duration('1h'),
  POLICY_PROCESSING_ATTENTION: span('2td'),
  POLICY_PARTS_DEADLINE: duration('5m'),
  POLICY_PARTS_ATTENTION: span('1td'),
  POLICY_CANCEL_DEADLINE: duration('2m'),
  POLICY_CANCEL_ATTENTION: span('5m'),
  POLICY_SETTLEMENT_DAYS: z.string().default('2,2027-10-11:1').pipe(readAs(cyclesOf, CYCLES)),
  POLICY_SETTLEMENT_TIME: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day such as 18:00')
    .default('18:00'),
  POLICY_SETTLEMENT_ATTENTION: span('1td'),
  POLICY_TRADING_HOURS: z
    .string()
    .default('EUR=09:00-17:30,GBP=08:00-16:30')
    .pipe(readAs(tradingHoursOf, HOURS)),
  POLICY_QUIET: duration('5s'),
  POLICY_SLOWEST_QUESTION: duration('6h'),
  POLICY_LONGEST_WAIT: duration('14d'),
  POLICY_QUESTION_SPREAD: duration('30m'),
  POLICY_ESW_ATTENTION: duration('15m'),
  POLICY_UPVEST_ATTENTION: duration('15m'),
  POLICY_AMOUNT_TOLERANCE: z
    .string()
    .refine((text) => isDecimal(text) && text.length <= 10, 'must be a percentage such as 5 or 0.5')
    .default('5'),
  POLICY_CANCEL_IF_NEW_AFTER: readAs(durationOf, A_DURATION).optional(),
  POLICY_RESUBMIT_REASONS: readAs(
    codesOf,
    'must be cancellation reasons separated by commas, such as CANCELLED_BY_TRADING_PARTNER',
  ).optional(),
  POLICY_RESUBMIT_MAX_ATTEMPTS: wholeNumber(3, 2, 10),
};

type PolicyValues = z.output<z.ZodObject<typeof policyVariables>>;

export function policiesOf(values: PolicyValues): Policies & { deadlines: DeadlinePolicies } {
  return {
    placedGraceMs: values.POLICY_PLACED_GRACE,
    predecessorGraceMs: values.POLICY_PREDECESSOR_GRACE,
    lingerMs: values.POLICY_EMISSION_LINGER,
    historyEventsPerRun: values.POLICY_HISTORY_EVENTS_PER_RUN,
    troubles: {
      eswAttentionAfterMs: values.POLICY_ESW_ATTENTION,
      upvestAttentionAfterMs: values.POLICY_UPVEST_ATTENTION,
    },
    deadlines: {
      calendar: bundledCalendar(),
      ...(values.POLICY_TRADING_HOURS.hours !== undefined && {
        tradingHours: values.POLICY_TRADING_HOURS.hours,
      }),
      new: { askAfterMs: values.POLICY_NEW_DEADLINE, attentionAfter: values.POLICY_NEW_ATTENTION },
      processing: {
        askAfterMs: values.POLICY_PROCESSING_DEADLINE,
        attentionAfter: values.POLICY_PROCESSING_ATTENTION,
      },
      parts: { askAfterMs: values.POLICY_PARTS_DEADLINE, attentionAfter: values.POLICY_PARTS_ATTENTION },
      cancel: { askAfterMs: values.POLICY_CANCEL_DEADLINE, attentionAfter: values.POLICY_CANCEL_ATTENTION },
      settlement: {
        cycles: values.POLICY_SETTLEMENT_DAYS,
        time: values.POLICY_SETTLEMENT_TIME,
        attentionAfter: values.POLICY_SETTLEMENT_ATTENTION,
      },
      quietMs: values.POLICY_QUIET,
      slowestMs: values.POLICY_SLOWEST_QUESTION,
      longestWaitMs: values.POLICY_LONGEST_WAIT,
      spreadMs: values.POLICY_QUESTION_SPREAD,
      amountTolerance: values.POLICY_AMOUNT_TOLERANCE,
      ...(values.POLICY_CANCEL_IF_NEW_AFTER !== undefined && {
        cancelIfNewAfterMs: values.POLICY_CANCEL_IF_NEW_AFTER,
      }),
      ...(values.POLICY_RESUBMIT_REASONS !== undefined && {
        resubmit: {
          reasons: values.POLICY_RESUBMIT_REASONS,
          maxAttempts: values.POLICY_RESUBMIT_MAX_ATTEMPTS,
        },
      }),
    },
  };
}

/** The default policies. */
export function standardPolicies(): ReturnType<typeof policiesOf> {
  return policiesOf(z.object(policyVariables).parse({}));
}
