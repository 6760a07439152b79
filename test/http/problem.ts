/** What every error of the HTTP edge must look like. */
import type { Answer } from '../support/stack';

interface Problem {
  type: string;
  title: string;
  status: number;
  code: string;
  detail: string;
  errors?: { field: string; message: string }[];
}

const MEMBERS = ['code', 'detail', 'errors', 'status', 'title', 'type'];
/** Stack traces, paths, libraries and errors of the engine: nothing that a caller could use, much that an attacker could. */
const INTERNALS = /node_modules|\.ts\b|\.js\b|\bat \S+ \(|grpc|zod|FST_|ECONN|stack|\d+ [A-Z_]{4,}:/i;

/** Checks the answer as an RFC 9457 problem document that gives nothing away, and returns it. */
export function expectProblem({ status, headers, body }: Answer, expected: number, code: string): Problem {
  const problem = body as Problem;
  expect({ status, code: problem.code, document: problem.status }).toEqual({
    status: expected,
    code,
    document: expected,
  });
  expect(headers['content-type']).toMatch(/^application\/problem\+json/);
  expect(problem.type).toBe(`urn:portfolio-order-coordinator:problem:${code}`);
  expect(problem.title).not.toBe('');
  expect(problem.detail).not.toBe('');
  expect(MEMBERS).toEqual(expect.arrayContaining(Object.keys(problem)));
  expect(JSON.stringify(problem)).not.toMatch(INTERNALS);
  return problem;
}

/** The names of the fields that a 400 complains about, sorted; each field at most once. */
export function expectFields(answer: Answer, fields: string[]): void {
  const { errors = [], detail } = expectProblem(answer, 400, 'INVALID_REQUEST');
  expect(errors.map(({ field }) => field).sort()).toEqual([...fields].sort());
  expect(detail).toContain(String(fields.length));
  for (const { message } of errors) expect(message).toMatch(/^(must be|is missing|is not a field)/);
}
