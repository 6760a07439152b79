/** Operators' decisions where there is no API in between: read, signed and answered as it does. */
import { userInfo } from 'node:os';
import type { z } from 'zod';
import type { Decided, Decision } from '../domain/operators';
import { read } from '../http/input';
import { HttpProblem, noSuchOrder, outcomeUnknown } from '../http/problem';
import { acknowledgement, closing, decision, identification } from '../http/schemas/decisions';
import { signedBy } from '../http/signed';
import type { Verdict } from '../temporal/operator-updates';
import type { Operation } from '../temporal/order-operations';
import type { ParkedEventAttemptView, ParkedEventVerdict } from '../temporal/parked-events';

/** How each operation reads its words. */
const OPERATIONS: Record<Operation['name'], (body: unknown) => Operation> = {
  cancel: (body) => ({ name: 'cancel', decision: readDecision(body) }),
  reconcile: (body) => ({ name: 'reconcile', decision: readDecision(body) }),
  release: (body) => ({ name: 'release', decision: readDecision(body) }),
  reopen: (body) => ({ name: 'reopen', decision: readDecision(body) }),
  'retry-emission': (body) => ({ name: 'retry-emission', decision: readDecision(body) }),
  acknowledge(body) {
    const { codes, ...rest } = signed(read(acknowledgement, body));
    return { name: 'acknowledge', decision: { ...rest, ...(codes && { codes }) } };
  },
  close: (body) => ({ name: 'close', decision: signed(read(closing, body)) }),
  identify(body) {
    const { portfolioOrderId, ...rest } = signed(read(identification, body));
    return {
      name: 'identify',
      decision: { ...rest, ...(portfolioOrderId !== null && { portfolioOrderId }) },
    };
  },
};

/** @throws HttpProblem that names every field that is wrong */
export function readOperation(name: Operation['name'], body: unknown): Operation {
  return OPERATIONS[name](body);
}

/** @throws HttpProblem that names every field that is wrong */
export function readDecision(body: unknown): Decision {
  return signed<z.output<typeof decision>>(read(decision, body));
}

/** Nobody vouches for the name: whoever has the environment of Temporal can write any. */
function signed<T extends { actor?: string | undefined; reason: string }>(given: T): T & Decision {
  return signedBy('direct')({ ...given, actor: given.actor ?? userInfo().username });
}

/** @throws HttpProblem unless it was decided */
export function decidedOf(verdict: Verdict, order: string, key: string): Decided {
  switch (verdict.kind) {
    case 'decided':
      return { rule: verdict.rule, decided: verdict.decided };
    case 'forbidden':
      throw new HttpProblem('FORBIDDEN_BY_RULE', `${verdict.why}.`);
    case 'unusable':
      throw new HttpProblem('INVALID_REQUEST', `${verdict.why}.`);
    case 'missing':
      throw noSuchOrder(order);
    case 'key-reused':
      throw keyReused(key);
    case 'outcome-unknown':
      throw outcomeUnknown();
  }
}

/** @throws HttpProblem unless it was tried, or is discarded */
export function parkedAttemptOf(
  verdict: ParkedEventVerdict,
  id: string,
  key: string,
): ParkedEventAttemptView {
  switch (verdict.kind) {
    case 'done':
      return verdict.attempt;
    case 'missing':
      throw noSuchParkedEvent(id);
    case 'ended':
      throw new HttpProblem('ALREADY_ENDED', `It waits no more: ${verdict.how}.`);
    case 'key-reused':
      throw keyReused(key);
    case 'outcome-unknown':
      throw outcomeUnknown();
  }
}

export function noSuchParkedEvent(id: string): HttpProblem {
  return new HttpProblem('NOT_FOUND', `There is no parked event ${id}.`);
}

function keyReused(key: string): HttpProblem {
  return new HttpProblem('IDEMPOTENCY_KEY_REUSED', `${key} named another operation. Take a new key.`);
}
