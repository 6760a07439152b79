/** Validates operators' decisions and adds the actor, as the API does. */
import { userInfo } from 'node:os';
import type { z } from 'zod';
import { OPERATIONS } from '../../app/orders/decisions';
import { decision } from '../../app/schemas/decisions';
import { withActor, type WithActor } from '../../app/actor';
import type { OrderOperation } from '../../app/orders/operate';
import type { Decision } from '../../domain/values/decision';
import { read } from '../../app/schemas/input';

/** @throws CallError that names each invalid field */
export function readOperation(name: OrderOperation['name'], given: unknown): OrderOperation {
  const { body, operation } = OPERATIONS[name];
  return operation(read(body, given), withActorOf);
}

/** @throws CallError that names each invalid field */
export function readDecision(body: unknown): Decision {
  return withActorOf<z.output<typeof decision>>(read(decision, body));
}

/** The name is not verified: anyone with access to Temporal can give any name. */
const withActorOf: WithActor = (given) =>
  withActor('direct')({ ...given, actor: given.actor ?? userInfo().username });
