import type { FastifyRequest } from 'fastify';

/** One API call, including rejected ones. */
export interface ApiCall {
  /** Time of arrival, RFC 3339 UTC; real time, independent of the pace. */
  at: string;
  method: string;
  /** Path template, such as `/portfolios/orders/{id}`. */
  path: string;
  /** Requested path and query. */
  url: string;
  /** Status of the response; absent until the response, and if the connection was aborted. */
  status?: number;
}

/** Filter for calls; a call must match all given members. */
export interface CallFilter {
  method?: string;
  /** As in `ApiCall.path`. */
  path?: string;
  /** RFC 3339; calls at this timestamp or later. */
  since?: string;
}

/** Log of all API calls in order of arrival. */
export class CallLog {
  private readonly calls: ApiCall[] = [];
  private readonly byRequest = new WeakMap<FastifyRequest, ApiCall>();

  addRequest(request: FastifyRequest): void {
    const call = { at: new Date().toISOString(), ...callOf(request), url: request.url };
    this.calls.push(call);
    this.byRequest.set(request, call);
  }

  addResponse(request: FastifyRequest, status: number): void {
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

  /** Number of calls per endpoint, by `<method> <path>`. */
  counts(filter: CallFilter): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { method, path } of this.list(filter)) {
      counts[`${method} ${path}`] = (counts[`${method} ${path}`] ?? 0) + 1;
    }
    return counts;
  }
}

/** Method and path template of a call, in the notation of the reference. */
export function callOf({ method, routeOptions, url }: FastifyRequest): { method: string; path: string } {
  const template = routeOptions.url ?? url.split('?')[0] ?? '';
  return { method, path: template.replace(/:(\w+)/g, '{$1}') };
}
