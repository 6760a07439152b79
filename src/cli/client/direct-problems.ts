/** Turns errors of the use cases into the problems that the API would answer. */
import { PROBLEMS, CallError } from '../../app/errors';
import { RecordsUnavailable } from '../../app/ports/records-unavailable';
import { grpcCodeOf, grpcMessageOf } from '../../temporal/grpc';
import { OrdersProblem, problemText } from './problem';

export function conflict(reference: string): CallError {
  return new CallError(
    'REFERENCE_CONFLICT',
    `${reference} was used for a different request. Use a new reference.`,
  );
}

/** Other errors, such as an unusable configuration, pass unchanged. */
export function asOrdersProblem(error: unknown, temporalAddress: string): unknown {
  if (error instanceof CallError) {
    const { code, detail, errors } = error;
    return problem(code, detail, error, errors);
  }
  if (error instanceof RecordsUnavailable)
    return problem(
      'RECORDS_UNAVAILABLE',
      'The records database of DATABASE_URL did not answer in time.',
      error,
    );
  if (grpcCodeOf(error) === undefined) return error;
  const detail = `Temporal at ${temporalAddress} or the worker of this order did not answer in time: ${grpcMessageOf(error)}.`;
  return problem('UNAVAILABLE', detail, error);
}

function problem(
  code: CallError['code'],
  detail: string,
  cause: unknown,
  errors?: CallError['errors'],
): OrdersProblem {
  const { title } = PROBLEMS[code];
  return new OrdersProblem(code, problemText({ code, title, detail, errors }), { cause });
}
