/** Operators' decisions where there is no API in between: read and signed as it does. */
import { userInfo } from 'node:os';
import type { z } from 'zod';
import type { Decision } from '../domain/operators';
import { read } from '../http/input';
import { OPERATIONS } from '../http/operations';
import { decision } from '../http/schemas/decisions';
import { signedBy, type Signed } from '../http/signed';
import type { Operation } from '../temporal/order-operations';

/** @throws HttpProblem that names every field that is wrong */
export function readOperation(name: Operation['name'], given: unknown): Operation {
  const { body, operation } = OPERATIONS[name];
  return operation(read(body, given), signed);
}

/** @throws HttpProblem that names every field that is wrong */
export function readDecision(body: unknown): Decision {
  return signed<z.output<typeof decision>>(read(decision, body));
}

/** Nobody vouches for the name: whoever has the environment of Temporal can write any. */
const signed: Signed = (given) => signedBy('direct')({ ...given, actor: given.actor ?? userInfo().username });
