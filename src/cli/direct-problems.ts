/** The same problems as the API's, where there is no API in between. */
import { HttpProblem } from '../http/problem';
import { PROBLEMS } from '../http/problem-codes';
import { grpcCodeOf, grpcMessageOf } from '../temporal/grpc';
import { OrdersProblem, problemText } from './orders-problem';

export function conflict(reference: string): HttpProblem {
  return new HttpProblem(
    'REFERENCE_CONFLICT',
    `${reference} was used for another request. Take a new reference.`,
  );
}

/** What is none of them, such as an unusable configuration, stays as it is. */
export function asOrdersProblem(error: unknown, temporalAddress: string): unknown {
  if (error instanceof HttpProblem) {
    const { code, detail, errors } = error;
    return problem(code, detail, error, errors);
  }
  if (grpcCodeOf(error) === undefined) return error;
  const detail = `Temporal at ${temporalAddress}, or the worker that answers for this order, could not be reached in time: ${grpcMessageOf(error)}.`;
  return problem('UNAVAILABLE', detail, error);
}

function problem(
  code: HttpProblem['code'],
  detail: string,
  cause: unknown,
  errors?: HttpProblem['errors'],
): OrdersProblem {
  const { title } = PROBLEMS[code];
  return new OrdersProblem(code, problemText({ code, title, detail, errors }), { cause });
}
