import type { JsonObject } from './json-body';
import type { SimulatorMode } from './options';
import { orderEventSchema, type OrderEventBody } from './order-event-schema';
import type { MemberErrors } from './wire-answer';

/** ESW calls these typically expected; only strict mode insists (esw-order-event.md 2.1 and 7). */
const typicalMembers = ['id', 'tenantCode', 'status', 'creationDateTime', 'lastUpdateDateTime'] as const;

/** A good body as sent and bound to ESW's names, or what is wrong with it. */
export type Validation = { value: JsonObject; body: OrderEventBody } | { errors: MemberErrors };

/**
 * Checks every known member that is present, and in strict mode the presence of the typical five.
 * A string stands for a body that could not be parsed, and says why.
 */
export function validateOrderEvent(value: JsonObject | string, mode: SimulatorMode): Validation {
  if (typeof value === 'string') return { errors: { $: [value] } };
  const result = orderEventSchema.safeParse(value);
  const errors: MemberErrors = {};
  for (const issue of result.error?.issues ?? []) {
    (errors[pascalCasePath(issue.path)] ??= []).push(issue.message);
  }
  if (mode === 'strict') {
    const present = new Map(Object.entries(value).map(([name, member]) => [name.toLowerCase(), member]));
    for (const name of typicalMembers) {
      const member = present.get(name.toLowerCase());
      if (member === undefined || (typeof member === 'string' && member.trim() === '')) {
        const path = pascalCasePath([name]);
        errors[path] = [`The ${path} field is required.`];
      }
    }
  }
  return result.success && Object.keys(errors).length === 0 ? { value, body: result.data } : { errors };
}

/** `['lineItems', 0, 'id']` becomes `LineItems[0].Id`, the form of ESW's error keys (esw-order-event.md 4). */
function pascalCasePath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    const name = String(step);
    return `${text}${text === '' ? '' : '.'}${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  }, '');
}
