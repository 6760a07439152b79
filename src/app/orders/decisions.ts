/** Reads operators' decisions and interprets their outcome, for the API and for the direct client. */
import type { z } from 'zod';
import type { Decided } from '../../domain/operator/operator-commands';
import type { KeyReuse } from './decision-digest';
import type { UpdateOutcome } from './send-update';
import type { OrderOperation } from './operate';
import type { ParkedEventAttemptView, ParkedUpdateOutcome } from '../parked-events/parked-events';
import { CallError, noSuchOrder, outcomeUnknown } from '../errors';
import { acknowledgement, closing, decision, identification, skipping } from '../schemas/decisions';
import type { WithActor } from '../actor';

/** How the request of an operation is read. */
export interface OperationReading {
  body: z.ZodType;
  /** @param body as parsed by the schema */
  operation: (body: unknown, addActor: WithActor) => OrderOperation;
}

function reading<S extends z.ZodType<{ reason: string }>>(
  body: S,
  operation: (given: z.output<S>, addActor: WithActor) => OrderOperation,
): OperationReading {
  return { body, operation: (given, addActor) => operation(given as z.output<S>, addActor) };
}

/** For operations whose decision has only an actor and a reason. */
function simple(name: 'cancel' | 'reconcile' | 'release' | 'retry-emission' | 'reopen'): OperationReading {
  return reading(decision, (given, addActor) => ({ name, decision: addActor(given) }));
}

export const OPERATIONS: Record<OrderOperation['name'], OperationReading> = {
  cancel: simple('cancel'),
  reconcile: simple('reconcile'),
  release: simple('release'),
  reopen: simple('reopen'),
  'retry-emission': simple('retry-emission'),
  acknowledge: reading(acknowledgement, (given, addActor) => {
    const { codes, ...rest } = addActor(given);
    return { name: 'acknowledge', decision: { ...rest, ...(codes && { codes }) } };
  }),
  'skip-emission': reading(skipping, (given, addActor) => {
    const { events, ...rest } = addActor(given);
    return { name: 'skip-emission', decision: { ...rest, ...(events && { events }) } };
  }),
  close: reading(closing, (given, addActor) => ({ name: 'close', decision: addActor(given) })),
  identify: reading(identification, (given, addActor) => {
    const { portfolioOrderId, ...rest } = addActor(given);
    return {
      name: 'identify',
      decision: { ...rest, ...(portfolioOrderId !== null && { portfolioOrderId }) },
    };
  }),
};

/** @throws CallError unless it was decided */
export function decidedOf(outcome: UpdateOutcome, order: string, key = ''): Decided {
  switch (outcome.kind) {
    case 'decided':
      return { rule: outcome.rule, decided: outcome.decided };
    case 'forbidden':
      throw new CallError('FORBIDDEN_BY_RULE', `${outcome.why}.`);
    case 'unusable':
      throw new CallError('INVALID_REQUEST', `${outcome.why}.`);
    case 'key-reused':
      throw keyReused(key, 'order', outcome);
    case 'missing':
      throw noSuchOrder(order);
    case 'outcome-unknown':
      throw outcomeUnknown();
  }
}

/** @throws CallError unless the event was retried or discarded */
export function attemptOf(outcome: ParkedUpdateOutcome, id: string, key = ''): ParkedEventAttemptView {
  switch (outcome.kind) {
    case 'done':
      return outcome.attempt;
    case 'missing':
      throw noSuchParkedEvent(id);
    case 'ended':
      throw new CallError('ALREADY_ENDED', `The event has ended: ${outcome.how}.`);
    case 'key-reused':
      throw keyReused(key, 'event', outcome);
    case 'outcome-unknown':
      throw outcomeUnknown();
  }
}

export function noSuchParkedEvent(id: string): CallError {
  return new CallError('NOT_FOUND', `No parked event has the id ${id}.`);
}

function keyReused(key: string, what: 'order' | 'event', { digests }: KeyReuse): CallError {
  const use =
    digests === undefined
      ? `another operation on this ${what}`
      : `this operation with other content (SHA-256 ${digests.first} first, ${digests.now} now)`;
  const detail = `${key} was used for ${use}. Use a new key.`;
  return new CallError('IDEMPOTENCY_KEY_REUSED', detail);
}
