/** ESW on a socket, and a client that talks to it. */
import { createEswClient, type EswClient, type EswClientOptions } from '../../src/esw/client';
import type { Arrived, HttpStub, Reply } from '../upvest/client/http-stub';
import { json, startStub } from '../upvest/client/http-stub';

const EVENTS = '/v1/Events/OrderEvent';
const TOKENS = '/connect/token';
export const CLIENT_SECRET = 's3cret & more/+';

export interface EswStub {
  stub: HttpStub;
  client: EswClient;
  /** What arrived at the events' address. */
  events: () => Arrived[];
  /** What arrived at the token's address. */
  tokens: () => Arrived[];
  close(): Promise<void>;
}

/** `reply` answers the events, `token` the token calls: by default with `jwt-1`, `jwt-2`, … of an hour. */
export async function startEsw(
  reply: Reply,
  { token = numberedTokens(), ...options }: Partial<EswClientOptions> & { token?: Reply } = {},
): Promise<EswStub> {
  const stub = await startStub((response, request) => {
    (request.url === TOKENS ? token : reply)(response, request);
  });
  const client = createEswClient({
    baseUrl: `${stub.url}/`,
    tokenUrl: `${stub.url}${TOKENS}`,
    clientId: 'pfolio.coordinator',
    clientSecret: CLIENT_SECRET,
    scope: 'logistics.fulfillment.api.all',
    ...options,
  });
  return {
    stub,
    client,
    events: () => stub.on(EVENTS),
    tokens: () => stub.on(TOKENS),
    async close() {
      await stub.close();
      await client.close();
    },
  };
}

export function numberedTokens(expiresIn = 3600): Reply {
  let issued = 0;
  return (response, request) => {
    issued += 1;
    json(200, { access_token: `jwt-${issued}`, expires_in: expiresIn, token_type: 'Bearer' })(
      response,
      request,
    );
  };
}

/** Gives one reply after another; the last one for good. */
export function inTurn(...replies: [Reply, ...Reply[]]): Reply {
  let next = 0;
  return (response, request) => {
    const reply = replies[Math.min(next, replies.length - 1)] ?? replies[0];
    next += 1;
    reply(response, request);
  };
}
