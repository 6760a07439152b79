/** Reading what callers send: everything that is wrong is named at once. */
import { z } from 'zod';
import { UUID } from '../domain/uuid';
import { HttpProblem } from './problem';

export function uuid(what: string): z.ZodType<string> {
  const message = `must be the ${what}, a UUID`;
  return z
    .string({ error: message })
    .regex(UUID, message)
    .meta({ description: `The ${what}, a UUID`, format: 'uuid', pattern: undefined });
}

/** The order that a path names. Ids of the broker's are opaque: what it once sent can be asked for. */
export const orderParams = z.object({
  referenceOrId: z
    .string()
    .regex(/^[\x21-\x7e]{1,200}$/, 'must be a reference or an id, 1 to 200 printable characters')
    .meta({
      description: 'Your reference, or Upvest’s id; an exact reference wins',
      examples: ['savings-2041'],
    }),
});

/** @throws HttpProblem that names every field that is wrong, missing or unknown */
export function read<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ field: key, message: 'is not a field of this request' }))
      : [{ field: issue.path.join('.') || 'body', message: issue.message }],
  );
  throw new HttpProblem('INVALID_REQUEST', `${errors.length} of the fields are not valid.`, errors);
}
