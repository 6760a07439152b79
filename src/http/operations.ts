/** How operators' decisions are read, and what their outcome means; for the API, and for whoever decides without it. */
import type { z } from 'zod';
import type { Decided } from '../domain/operators';
import type { Verdict } from '../temporal/operator-updates';
import type { Operation } from '../temporal/order-operations';
import type { ParkedEventAttemptView, ParkedEventVerdict } from '../temporal/parked-events';
import { HttpProblem, noSuchOrder, outcomeUnknown } from './problem';
import { acknowledgement, closing, decision, identification } from './schemas/decisions';
import type { Signed } from './signed';

/** What an operation is made of. */
export interface OperationReading {
  body: z.ZodType;
  /** @param body as the schema gives it */
  operation: (body: unknown, signed: Signed) => Operation;
}

function reading<S extends z.ZodType<{ reason: string }>>(
  body: S,
  operation: (given: z.output<S>, signed: Signed) => Operation,
): OperationReading {
  return { body, operation: (given, signed) => operation(given as z.output<S>, signed) };
}

function plain(name: 'cancel' | 'reconcile' | 'release' | 'retry-emission' | 'reopen'): OperationReading {
  return reading(decision, (given, signed) => ({ name, decision: signed(given) }));
}

export const OPERATIONS: Record<Operation['name'], OperationReading> = {
  cancel: plain('cancel'),
  reconcile: plain('reconcile'),
  release: plain('release'),
  reopen: plain('reopen'),
  'retry-emission': plain('retry-emission'),
  acknowledge: reading(acknowledgement, (given, signed) => {
    const { codes, ...rest } = signed(given);
    return { name: 'acknowledge', decision: { ...rest, ...(codes && { codes }) } };
  }),
  close: reading(closing, (given, signed) => ({ name: 'close', decision: signed(given) })),
  identify: reading(identification, (given, signed) => {
    const { portfolioOrderId, ...rest } = signed(given);
    return {
      name: 'identify',
      decision: { ...rest, ...(portfolioOrderId !== null && { portfolioOrderId }) },
    };
  }),
};

/** @throws HttpProblem unless it was decided */
export function decidedOf(verdict: Verdict, order: string, key = ''): Decided {
  switch (verdict.kind) {
    case 'decided':
      return { rule: verdict.rule, decided: verdict.decided };
    case 'forbidden':
      throw new HttpProblem('FORBIDDEN_BY_RULE', `${verdict.why}.`);
    case 'unusable':
      throw new HttpProblem('INVALID_REQUEST', `${verdict.why}.`);
    case 'key-reused':
      throw keyReused(key, 'order');
    case 'missing':
      throw noSuchOrder(order);
    case 'outcome-unknown':
      throw outcomeUnknown();
  }
}

/** @throws HttpProblem unless it was tried, or is discarded */
export function attemptOf(verdict: ParkedEventVerdict, id: string, key = ''): ParkedEventAttemptView {
  switch (verdict.kind) {
    case 'done':
      return verdict.attempt;
    case 'missing':
      throw noSuchParkedEvent(id);
    case 'ended':
      throw new HttpProblem('ALREADY_ENDED', `It waits no more: ${verdict.how}.`);
    case 'key-reused':
      throw keyReused(key, 'event');
    case 'outcome-unknown':
      throw outcomeUnknown();
  }
}

export function noSuchParkedEvent(id: string): HttpProblem {
  return new HttpProblem('NOT_FOUND', `There is no parked event ${id}.`);
}

function keyReused(key: string, what: 'order' | 'event'): HttpProblem {
  const detail = `${key} named another operation on this ${what}. Take a new key.`;
  return new HttpProblem('IDEMPOTENCY_KEY_REUSED', detail);
}
