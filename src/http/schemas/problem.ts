import { z } from 'zod';
import { PROBLEMS, problemType, type ProblemCode } from '../problem-codes';

const CODES = Object.keys(PROBLEMS) as ProblemCode[];

export const problem = z
  .object({
    type: z.string().meta({ examples: [problemType('NOT_FOUND')] }),
    title: z.string(),
    status: z.int(),
    code: z
      .enum(CODES)
      .meta({ description: 'For programs: docs/errors.md says what each means, and what to do' }),
    detail: z.string().meta({ description: 'For people' }),
    errors: z
      .array(z.object({ field: z.string(), message: z.string() }))
      .optional()
      .meta({ description: 'Every field that is wrong, `body` for the whole' }),
  })
  .meta({ id: 'Problem', description: 'An RFC 9457 problem document' });
