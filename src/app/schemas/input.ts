/** Validates input from callers and reports all invalid fields at once. */
import { z } from 'zod';
import { UUID } from '../../domain/values/uuid';
import { CallError, invalidFields } from '../errors';

export function uuid(what: string): z.ZodType<string> {
  const message = `must be the ${what}, a UUID`;
  return z
    .string({ error: message })
    .regex(UUID, message)
    .meta({ description: `The ${what}, a UUID`, format: 'uuid', pattern: undefined });
}

/** Path parameters of an order. Upvest's ids are opaque, so any printable id is valid. */
export const orderParams = z.object({
  referenceOrId: z
    .string()
    .regex(/^[\x21-\x7e]{1,200}$/, 'must be a reference or an id, 1 to 200 printable characters')
    .meta({
      description: 'Your reference, or Upvest’s id',
      examples: ['savings-2041'],
    }),
});

/** @throws CallError that names each invalid, missing or unknown field */
export function read<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ field: key, message: 'is not a field of this request' }))
      : [{ field: issue.path.join('.') || 'body', message: issue.message }],
  );
  throw new CallError('INVALID_REQUEST', invalidFields(errors.length), errors);
}
