/**
 * An error response of the API: application/problem+json (references/upvest.md#errors). Checks and handlers throw it;
 * the server's error handler sends it and adds `request_id`.
 */
export class Problem extends Error {
  constructor(
    readonly status: number,
    /** Last path segment of `type`. */
    readonly code: string,
    readonly detail: string,
  ) {
    super(detail);
  }

  body(requestId: string, instance: string): object {
    return {
      type: `https://docs.upvest.co/errors/${this.code}`,
      status: this.status,
      title: titles[this.status] ?? 'Error',
      detail: this.detail,
      instance,
      request_id: requestId,
    };
  }
}

const titles: Record<number, string> = {
  400: 'Bad request',
  401: 'Unauthorised',
  403: 'Forbidden',
  404: 'Not found',
  405: 'Method not allowed',
  406: 'Not acceptable',
  409: 'Conflict',
  413: 'Payload too large',
  422: 'Unprocessable entity',
  429: 'Too many requests',
  500: 'Internal server error',
  502: 'Bad gateway',
  503: 'Service unavailable',
  504: 'Gateway timeout',
};

const codes: Record<number, string> = {
  400: 'invalid_request',
  401: 'unauthorised',
  403: 'forbidden',
  404: 'not_found',
  405: 'method_not_allowed',
  406: 'not_acceptable',
  409: 'conflict',
  422: 'unprocessable_entity',
  429: 'too_many_requests',
  500: 'internal',
  502: 'bad_gateway',
  503: 'unavailable',
  504: 'gateway_timeout',
};

/** The problem that Upvest documents for a status (references/upvest.md#errors). */
export function problem(status: number, detail: string): Problem {
  return new Problem(status, codes[status] ?? 'internal', detail);
}
