/** How routes document what they answer: every status with its content type, and the problems that go with it. */
import type { z } from 'zod';
import { PROBLEMS, problemType, type ProblemCode } from './problem-codes';
import { problem } from './schemas/problem';

interface MediaType {
  schema: z.ZodType;
  examples?: Record<string, { summary: string; value: unknown }>;
}

/** A response as OpenAPI describes one; the schemas are zod's. */
export interface DocumentedAnswer {
  description: string;
  headers?: Record<string, { description: string; type: string }>;
  content?: Record<string, MediaType>;
}

/** Of every call that takes a token. */
const ALWAYS: ProblemCode[] = ['UNAUTHENTICATED', 'TOO_MANY_REQUESTS', 'INTERNAL', 'UNAVAILABLE'];

export const location = { location: { description: 'Path of the order', type: 'string' } };
export const etag = { etag: { description: 'Changes with the content', type: 'string' } };

export function json(
  description: string,
  schema: z.ZodType,
  headers?: DocumentedAnswer['headers'],
): DocumentedAnswer {
  return { description, ...(headers && { headers }), content: { 'application/json': { schema } } };
}

/** @param problems that this call can be answered with, besides those of every call */
export function answers(
  good: Record<number, DocumentedAnswer | z.ZodUndefined>,
  problems: ProblemCode[],
): Record<string, DocumentedAnswer | z.ZodUndefined> {
  return { ...good, ...problemAnswers([...problems, ...ALWAYS]) };
}

/** Problem documents by status. */
export function problemAnswers(problems: ProblemCode[]): Record<string, DocumentedAnswer> {
  const statuses = [...new Set(problems.map((code) => PROBLEMS[code].status))].sort((a, b) => a - b);
  return Object.fromEntries(
    statuses.map((status) => {
      const codes = [...new Set(problems)].filter((code) => PROBLEMS[code].status === status);
      return [String(status), problemAnswer(codes)];
    }),
  );
}

function problemAnswer(codes: ProblemCode[]): DocumentedAnswer {
  return {
    description: codes.map((code) => `${code}: ${PROBLEMS[code].title}`).join('. '),
    ...(codes.some((code) => [429, 503].includes(PROBLEMS[code].status)) && {
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
  const { status, title, meaning } = PROBLEMS[code];
  const errors = [{ field: 'cashAmount', message: 'must be a positive decimal string such as "1000.00"' }];
  return {
    summary: title,
    value: {
      type: problemType(code),
      title,
      status,
      code,
      detail: code === 'INVALID_REQUEST' ? '1 of the fields are not valid.' : meaning,
      ...(code === 'INVALID_REQUEST' && { errors }),
    },
  };
}
