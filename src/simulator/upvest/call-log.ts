import type { FastifyRequest } from 'fastify';

/** One call of the API, refused ones included. */
export interface ApiCall {
  /** When it arrived, as RFC 3339 UTC: real time, whatever the pace. */
  at: string;
  method: string;
  /** Path with names instead of ids, such as `/portfolios/orders/{id}`. */
  path: string;
  /** Path and query as they were asked for. */
  url: string;
  /** Status of the answer; none while there is no answer, and for good when the connection was cut instead. */
  status?: number;
}

/** Which calls to list; all that is given must fit. */
export interface CallFilter {
  method?: string;
  /** As in `ApiCall.path`. */
  path?: string;
  /** RFC 3339; calls at this moment or later. */
  since?: string;
}

/** Every call of the API in the order of arrival. */
export class CallLog {
  private readonly calls: ApiCall[] = [];
  private readonly byRequest = new WeakMap<FastifyRequest, ApiCall>();

  arrived(request: FastifyRequest): void {
    const call = { at: new Date().toISOString(), ...callOf(request), url: request.url };
    this.calls.push(call);
    this.byRequest.set(request, call);
  }

  answered(request: FastifyRequest, status: number): void {
    const call = this.byRequest.get(request);
    if (call) call.status = status;
  }

  list({ method, path, since }: CallFilter): ApiCall[] {
    return this.calls.filter(
      (call) =>
        (method === undefined || method.toUpperCase() === call.method) &&
        (path === undefined || path === call.path) &&
        (since === undefined || Date.parse(call.at) >= Date.parse(since)),
    );
  }

  /** How many calls there were of each endpoint, by `<method> <path>`. */
  counts(filter: CallFilter): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { method, path } of this.list(filter)) {
      counts[`${method} ${path}`] = (counts[`${method} ${path}`] ?? 0) + 1;
    }
    return counts;
  }
}

/** The endpoint that is called, in the reference's notation of paths. */
export function callOf({ method, routeOptions, url }: FastifyRequest): { method: string; path: string } {
  const template = routeOptions.url ?? url.split('?')[0] ?? '';
  return { method, path: template.replace(/:(\w+)/g, '{$1}') };
}
