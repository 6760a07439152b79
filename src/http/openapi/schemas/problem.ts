import { z } from 'zod';
import { PROBLEMS, type ProblemCode } from '../../../app/errors';
import { problemType } from '../../plugins/problem-status';

const CODES = Object.keys(PROBLEMS) as ProblemCode[];

export const problem = z
  .object({
    type: z.string().meta({ examples: [problemType('NOT_FOUND')] }),
    title: z.string(),
    status: z.int(),
    code: z
      .enum(CODES)
      .meta({ description: 'Stable code for programs: docs/errors.md has its meaning and remedy' }),
    detail: z.string().meta({ description: 'Explanation for people' }),
    errors: z
      .array(z.object({ field: z.string(), message: z.string() }))
      .optional()
      .meta({ description: 'Each invalid field, `body` for the whole' }),
  })
  .meta({ id: 'Problem', description: 'An RFC 9457 problem document' });
