/**
 * The terms of a portfolio order: what the client ordered, which never changes. Where the broker reports several values of
 * a term, all are kept beside the current one, in one spelling and sorted, so the order of arrival does not matter.
 */
import { currencyCode } from '../values/currency';
import { inOneNotation } from '../values/decimal';
import type { PortfolioOrderObservation } from './observation';
import type { Cause, ChangedTerms, PortfolioOrderRecord } from './record';

type Term = Exclude<keyof ChangedTerms, 'seen'>;

/** Equal terms have one spelling; codes and amounts are kept elsewhere as they came. */
const SPELLINGS: Record<Term, (value: string) => string> = {
  accountId: (value) => value.toLowerCase(),
  cashAmount: inOneNotation,
  currency: currencyCode,
  type: (value) => value,
  postTax: (value) => value,
};

export const TERMS = Object.keys(SPELLINGS) as Term[];

/** The one spelling of a term's value. */
export function spelling(term: Term, value: string | boolean): string {
  return SPELLINGS[term](String(value));
}

/** More values than this of one term say no more. */
const MAX_VALUES = 5;

/** Keeps the terms of an observation that differ from what the record has. @param record before the observation */
export function withChangedTerms(
  after: PortfolioOrderRecord,
  record: PortfolioOrderRecord,
  reported: PortfolioOrderObservation,
  cause: Cause,
): PortfolioOrderRecord {
  let changed: ChangedTerms | undefined = record.changedTerms;
  for (const term of TERMS) {
    const values = valuesOf(record, reported, term);
    const isNew = values.length > 1 && values.join() !== record.changedTerms?.[term]?.join();
    if (isNew) changed = { seen: cause, ...changed, [term]: values };
  }
  return changed === undefined ? after : { ...after, changedTerms: changed };
}

function valuesOf(record: PortfolioOrderRecord, reported: PortfolioOrderObservation, term: Term): string[] {
  const spelt = [record[term], reported[term]]
    .filter((value) => value !== undefined)
    .map((value) => spelling(term, value));
  return [...new Set([...(record.changedTerms?.[term] ?? []), ...spelt])].sort().slice(0, MAX_VALUES);
}
