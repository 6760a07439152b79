/** Documents the responses of routes: statuses, content types and problems. */
import { z } from 'zod';
import { invalidFields, PROBLEMS, type ProblemCode } from '../../app/errors';
import { problem } from './schemas/problem';
import { problemType, PROBLEM_STATUS } from '../plugins/problem-status';

interface MediaType {
  schema: z.ZodType;
  examples?: Record<string, { summary: string; value: unknown }>;
}

/** An OpenAPI response with zod schemas. */
export interface ResponseDoc {
  description: string;
  headers?: Record<string, { description: string; type: string }>;
  content?: Record<string, MediaType>;
}

/** Problems of every call that needs a token. */
const ALWAYS: ProblemCode[] = ['UNAUTHENTICATED', 'TOO_MANY_REQUESTS', 'INTERNAL', 'UNAVAILABLE'];

export const location = { location: { description: 'Path of the order', type: 'string' } };
export const etag = { etag: { description: 'Changes with the content', type: 'string' } };

export function json(description: string, schema: z.ZodType, headers?: ResponseDoc['headers']): ResponseDoc {
  return { description, ...(headers && { headers }), content: { 'application/json': { schema } } };
}

/** An answer that is also there as comma-separated values. */
export function csv(description: string, schema: z.ZodType): ResponseDoc {
  return {
    description,
    content: {
      'application/json': { schema },
      'text/csv': { schema: z.string().meta({ description: 'RFC 4180, with a line of names' }) },
    },
  };
}

/** @param problems of this call, in addition to those of every call */
export function responseDocs(
  good: Record<number, ResponseDoc | z.ZodUndefined>,
  problems: ProblemCode[],
): Record<string, ResponseDoc | z.ZodUndefined> {
  return { ...good, ...problemResponseDocs([...problems, ...ALWAYS]) };
}

/** Problem documents by status. */
export function problemResponseDocs(problems: ProblemCode[]): Record<string, ResponseDoc> {
  const statuses = [...new Set(problems.map((code) => PROBLEM_STATUS[code]))].sort((a, b) => a - b);
  return Object.fromEntries(
    statuses.map((status) => {
      const codes = [...new Set(problems)].filter((code) => PROBLEM_STATUS[code] === status);
      return [String(status), problemAnswer(codes)];
    }),
  );
}

function problemAnswer(codes: ProblemCode[]): ResponseDoc {
  return {
    description: codes.map((code) => `${code}: ${PROBLEMS[code].title}`).join('. '),
    ...(codes.some((code) => [429, 503].includes(PROBLEM_STATUS[code])) && {
      headers: { 'retry-after': { description: 'Seconds', type: 'integer' } },
    }),
    content: {
      'application/problem+json': {
        schema: problem,
        examples: Object.fromEntries(codes.map((code) => [code, exampleOf(code)])),
      },
    },
  };
}

function exampleOf(code: ProblemCode): { summary: string; value: unknown } {
  const { title, meaning } = PROBLEMS[code];
  const errors = [
    { field: 'cashAmount', message: 'must be a positive decimal string with at most two decimals' },
  ];
  return {
    summary: title,
    value: {
      type: problemType(code),
      title,
      status: PROBLEM_STATUS[code],
      code,
      detail: code === 'INVALID_REQUEST' ? invalidFields(errors.length) : meaning,
      ...(code === 'INVALID_REQUEST' && { errors }),
    },
  };
}
