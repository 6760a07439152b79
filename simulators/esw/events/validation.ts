import type { JsonObject } from '../http/json-body';
import type { SimulatorMode } from '../options';
import { orderEventSchema, type OrderEventBody } from './order-event-schema';
import type { MemberErrors } from '../http/wire-response';

/**
 * ESW calls these typically expected; only strict mode requires them (references/esw.md#value-forms and
 * #simulated-behaviour).
 */
const typicalMembers = ['id', 'tenantCode', 'status', 'creationDateTime', 'lastUpdateDateTime'] as const;

/** A valid body as sent and under ESW's names, or its validation errors. */
export type Validation = { value: JsonObject; body: OrderEventBody } | { errors: MemberErrors };

/**
 * Validates the known members and, in strict mode, requires the five typical ones.
 * A string is the reason why the body could not be parsed.
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

/** `['lineItems', 0, 'id']` becomes `LineItems[0].Id`, the form of ESW's error keys (references/esw.md#answers). */
function pascalCasePath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    const name = String(step);
    return `${text}${text === '' ? '' : '.'}${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  }, '');
}
