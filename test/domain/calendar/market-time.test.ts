/** Instants and wall clocks at the markets, around both changes of daylight saving time, in several zones of the process. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { assert, constantFrom, date as anyDate, integer, property } from 'fast-check';
import {
  addTradingDays,
  instantAt,
  laterByTradingDays,
  localDate,
  type Market,
} from '../../../src/domain/calendar/trading-days';

const markets = constantFrom<Market>('TARGET', 'LONDON');

const instants = anyDate({
  min: new Date('2025-01-02T00:00:00Z'),
  max: new Date('2029-12-31T00:00:00Z'),
  noInvalidDate: true,
}).map((day) => day.getTime());

const timesOfDay = integer({ min: 0, max: 24 * 60 - 1 }).map(
  (minutes) =>
    `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`,
);

function iso(instant: number | undefined): string | undefined {
  return instant === undefined ? undefined : new Date(instant).toISOString();
}

/** Daylight saving time begins and ends at 01:00 UTC on the last Sundays of March and October: directive 2000/84/EC, and the UK. */
function isSummer(instant: number): boolean {
  const year = new Date(instant).getUTCFullYear();
  const lastSunday = (month: number): number =>
    Date.UTC(year, month, 31 - new Date(Date.UTC(year, month, 31)).getUTCDay(), 1);
  return instant >= lastSunday(2) && instant < lastSunday(9);
}

describe('localDate', () => {
  test.each<[Market, string, string]>([
    ['TARGET', '2026-01-15T22:59:59.999Z', '2026-01-15'],
    ['TARGET', '2026-01-15T23:00:00.000Z', '2026-01-16'],
    ['TARGET', '2026-07-15T21:59:59.999Z', '2026-07-15'],
    ['TARGET', '2026-07-15T22:00:00.000Z', '2026-07-16'],
    ['LONDON', '2026-01-15T23:59:59.999Z', '2026-01-15'],
    ['LONDON', '2026-01-16T00:00:00.000Z', '2026-01-16'],
    ['LONDON', '2026-07-15T22:59:59.999Z', '2026-07-15'],
    ['LONDON', '2026-07-15T23:00:00.000Z', '2026-07-16'],
    ['TARGET', '2026-12-31T23:00:00.000Z', '2027-01-01'],
    ['LONDON', '2026-12-31T23:30:00.000Z', '2026-12-31'],
  ])('%s at %s is on %s', (market, instant, expected) => {
    expect(localDate(market, Date.parse(instant))).toBe(expected);
  });

  test('is the UTC date shifted by the legal offset', () => {
    assert(
      property(markets, instants, (market, instant) => {
        const hours = (market === 'TARGET' ? 1 : 0) + (isSummer(instant) ? 1 : 0);
        expect(localDate(market, instant)).toBe(iso(instant + hours * 3_600_000)?.slice(0, 10));
      }),
      { numRuns: 1000 },
    );
  });
});

describe('instantAt', () => {
  test.each<[Market, string, string, string]>([
    ['TARGET', '2026-11-23', '18:00', '2026-11-23T17:00:00.000Z'],
    ['TARGET', '2026-07-23', '18:00', '2026-07-23T16:00:00.000Z'],
    ['LONDON', '2026-11-23', '18:00', '2026-11-23T18:00:00.000Z'],
    ['LONDON', '2026-07-23', '18:00', '2026-07-23T17:00:00.000Z'],
    ['TARGET', '2026-01-01', '00:00', '2025-12-31T23:00:00.000Z'],
    ['TARGET', '2026-03-28', '18:00', '2026-03-28T17:00:00.000Z'],
    ['TARGET', '2026-03-29', '01:59', '2026-03-29T00:59:00.000Z'],
    ['TARGET', '2026-03-29', '03:00', '2026-03-29T01:00:00.000Z'],
    ['TARGET', '2026-03-29', '18:00', '2026-03-29T16:00:00.000Z'],
    ['LONDON', '2026-03-29', '00:59', '2026-03-29T00:59:00.000Z'],
    ['LONDON', '2026-03-29', '02:00', '2026-03-29T01:00:00.000Z'],
    ['TARGET', '2026-10-25', '01:59', '2026-10-24T23:59:00.000Z'],
    ['TARGET', '2026-10-25', '03:00', '2026-10-25T02:00:00.000Z'],
    ['TARGET', '2026-10-25', '18:00', '2026-10-25T17:00:00.000Z'],
    ['LONDON', '2026-10-25', '02:00', '2026-10-25T02:00:00.000Z'],
  ])('%s on %s at %s is %s', (market, date, time, expected) => {
    expect(iso(instantAt(market, date, time))).toBe(expected);
  });

  test.each<[Market, string, string, string, string]>([
    ['TARGET', '2026-03-29', '02:00', '2026-03-29T01:00:00.000Z', 'skipped: 03:00'],
    ['TARGET', '2026-03-29', '02:30', '2026-03-29T01:30:00.000Z', 'skipped: 03:30'],
    ['LONDON', '2026-03-29', '01:30', '2026-03-29T01:30:00.000Z', 'skipped: 02:30'],
    ['TARGET', '2026-10-25', '02:00', '2026-10-25T00:00:00.000Z', 'the first of two'],
    ['TARGET', '2026-10-25', '02:59', '2026-10-25T00:59:00.000Z', 'the first of two'],
    ['LONDON', '2026-10-25', '01:30', '2026-10-25T00:30:00.000Z', 'the first of two'],
  ])('%s on %s at %s is %s (%s)', (market, date, time, expected) => {
    expect(iso(instantAt(market, date, time))).toBe(expected);
  });

  test('accepts years without data', () => {
    expect(iso(instantAt('LONDON', '2040-07-02', '18:00'))).toBe('2040-07-02T17:00:00.000Z');
  });

  test('falls on that date at the market', () => {
    assert(
      property(markets, instants, timesOfDay, (market, day, time) => {
        const date = new Date(day).toISOString().slice(0, 10);
        expect(localDate(market, instantAt(market, date, time))).toBe(date);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('laterByTradingDays', () => {
  test.each<[Market, string, number, string, string]>([
    ['TARGET', '2026-11-19T10:20:30.456Z', 1, '2026-11-20T10:20:30.456Z', 'the next day'],
    ['TARGET', '2026-11-20T10:20:30.456Z', 2, '2026-11-24T10:20:30.456Z', 'over a weekend'],
    ['TARGET', '2026-03-27T12:00:00.000Z', 1, '2026-03-30T11:00:00.000Z', 'into summer time'],
    ['LONDON', '2026-03-27T12:00:00.000Z', 1, '2026-03-30T11:00:00.000Z', 'into summer time'],
    ['TARGET', '2026-10-23T12:00:00.000Z', 1, '2026-10-26T13:00:00.000Z', 'out of summer time'],
    ['LONDON', '2026-10-23T12:00:00.000Z', 1, '2026-10-26T13:00:00.000Z', 'out of summer time'],
    ['TARGET', '2026-11-19T23:30:00.000Z', 1, '2026-11-22T23:30:00.000Z', 'from 00:30 on Friday'],
    ['LONDON', '2026-11-19T23:30:00.000Z', 1, '2026-11-20T23:30:00.000Z', 'from 23:30 on Thursday'],
    ['TARGET', '2026-12-23T17:00:00.000Z', 2, '2026-12-28T17:00:00.000Z', 'over Christmas'],
    ['LONDON', '2026-12-23T17:00:00.000Z', 2, '2026-12-29T17:00:00.000Z', 'over Christmas'],
    ['TARGET', '2026-12-31T23:30:00.000Z', 1, '2027-01-03T23:30:00.000Z', 'from 00:30 on New Year'],
    ['TARGET', '2026-11-20T10:20:30.456Z', 0, '2026-11-20T10:20:30.456Z', 'a trading day itself'],
    ['TARGET', '2026-11-21T10:20:30.456Z', 0, '2026-11-23T10:20:30.456Z', 'from a Saturday'],
    ['TARGET', '2026-10-25T00:30:00.000Z', 1, '2026-10-26T01:30:00.000Z', 'from the first 02:30'],
    ['TARGET', '2026-10-25T01:30:00.000Z', 1, '2026-10-26T01:30:00.000Z', 'from the second 02:30'],
  ])('%s: %s and %d days is %s (%s)', (market, from, n, expected) => {
    expect(iso(laterByTradingDays(market, Date.parse(from), n))).toBe(expected);
  });

  test.each<[Market, string, number]>([
    ['TARGET', '2035-12-31T12:00:00Z', 1],
    ['LONDON', '2030-12-31T12:00:00Z', 1],
    ['TARGET', '2024-06-03T12:00:00Z', 1],
    ['TARGET', '2026-06-03T12:00:00Z', -1],
    ['TARGET', '2026-06-03T12:00:00Z', 0.5],
  ])('%s: %s and %d days is not known', (market, from, n) => {
    expect(laterByTradingDays(market, Date.parse(from), n)).toBeUndefined();
  });

  test('gives the nth trading day at the same wall clock time', () => {
    assert(
      property(markets, instants, integer({ min: 1, max: 20 }), (market, instant, n) => {
        const later = laterByTradingDays(market, instant, n) ?? NaN;
        expect(localDate(market, later)).toBe(addTradingDays(market, localDate(market, instant), n));
        const hour = Number(isSummer(instant)) - Number(isSummer(later));
        expect((later - instant - hour * 3_600_000) % 86_400_000).toBe(0);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('invalid instants', () => {
  test.each([NaN, Infinity, -Infinity, -1, 8.64e15, 8.65e15, Number.MAX_VALUE])('%d', (instant) => {
    expect(localDate('TARGET', instant)).toBe('');
    expect(laterByTradingDays('LONDON', instant, 1)).toBeUndefined();
  });

  test.each([
    ['2026-13-45', '18:00'],
    ['garbage', '18:00'],
    ['', '18:00'],
    ['1969-12-31', '18:00'],
    ['2026-11-23', '24:00'],
    ['2026-11-23', '18:60'],
    ['2026-11-23', '8:00'],
    ['2026-11-23', '18:00:00'],
    ['2026-11-23', ''],
    ['2026-11-23', '18:00\n'],
  ])('%j at %j', (date, time) => {
    expect(instantAt('TARGET', date, time)).toBeNaN();
  });
});

/** Results of some cases in a process in that zone; sources are compiled on the fly, because there may be no build. */
function inZone(zone: string): unknown {
  const script = `
    const { transformFileSync } = require('@swc/core');
    const options = { module: { type: 'commonjs' }, jsc: { target: 'es2022', parser: { syntax: 'typescript' } } };
    require.extensions['.ts'] = (module, file) => module._compile(transformFileSync(file, options).code, file);
    const calendar = require('./src/domain/calendar/trading-days.ts');
    const at = Date.UTC(2026, 2, 27, 23, 30);
    process.stdout.write(JSON.stringify([
      new Date(2026, 0, 1).getTimezoneOffset(),
      calendar.isTradingDay('TARGET', '2026-11-20'),
      calendar.isTradingDay('TARGET', '2026-11-21'),
      calendar.isTradingDay('TARGET', '2026-02-30'),
      calendar.addTradingDays('LONDON', '2026-12-23', 2),
      calendar.localDate('TARGET', at),
      calendar.localDate('LONDON', at),
      calendar.instantAt('TARGET', '2026-03-30', '18:00'),
      calendar.laterByTradingDays('TARGET', at, 1),
    ]));`;
  const root = join(__dirname, '../../..');
  const env = { ...process.env, TZ: zone };
  return JSON.parse(execFileSync(process.execPath, ['-e', script], { cwd: root, env, encoding: 'utf8' }));
}

test.each([
  ['UTC', 0],
  ['Pacific/Kiritimati', -840],
  ['Pacific/Pago_Pago', 660],
  ['Europe/Berlin', -60],
])('a process in %s gives the same answers', (zone, offset) => {
  expect(inZone(zone)).toEqual([
    offset,
    true,
    false,
    null,
    '2026-12-29',
    '2026-03-28',
    '2026-03-27',
    Date.UTC(2026, 2, 30, 16),
    Date.UTC(2026, 2, 29, 22, 30),
  ]);
});
