/** The body of an OrderEvent as a JSON Schema, for those who read or check it without this project. */
import { z } from 'zod';
import { wireOrderEventSchema } from './wire-order-event';

/** Draft 2020-12, of what may be sent, not of what reading makes of it. */
export function orderEventJsonSchema(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(wireOrderEventSchema, {
    target: 'draft-2020-12',
    io: 'input',
    // bigint, which the next line spells out.
    unrepresentable: 'any',
    override({ zodSchema, jsonSchema }) {
      // The limits of 64 bits are not given: as JSON numbers they would be read as others.
      if (zodSchema._zod.def.type === 'bigint')
        Object.assign(jsonSchema, { type: 'integer', format: 'int64' });
    },
  });
  return {
    $schema,
    title: 'OrderEvent',
    description:
      'Body of POST /v1/Events/OrderEvent of the ESW Fulfillment API. No member is required, and others than these are ignored.',
    ...schema,
  };
}
