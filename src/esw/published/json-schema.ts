/** The body of an OrderEvent as a JSON Schema, for use outside this project. */
import { z } from 'zod';
import { wireOrderEventSchema } from './schema';

/** Draft 2020-12, of the input side of the schema. */
export function orderEventJsonSchema(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(wireOrderEventSchema, {
    target: 'draft-2020-12',
    io: 'input',
    // bigint, which `override` represents.
    unrepresentable: 'any',
    override({ zodSchema, jsonSchema }) {
      // Without the limits of 64 bits, which JSON numbers cannot represent exactly.
      if (zodSchema._zod.def.type === 'bigint')
        Object.assign(jsonSchema, { type: 'integer', format: 'int64' });
    },
  });
  return {
    $schema,
    title: 'OrderEvent',
    description:
      'Body of POST /v1/Events/OrderEvent of the ESW Fulfillment API. No member is required, and unknown members are ignored.',
    ...schema,
  };
}
