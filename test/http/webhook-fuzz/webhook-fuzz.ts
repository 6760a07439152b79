/**
 * Whatever is posted to the webhook endpoint: the server stays up and answers no 5xx, takes nothing that Upvest did not
 * sign, and loses nothing that Upvest did. Temporal is replaced: this is about the edge. Jest fails a test during which
 * an exception or a rejected promise is left unhandled.
 *
 * The requests are the same in each run, so that a failure is a change; `FUZZ_SEED=<number>` makes others.
 */
import { pino } from 'pino';
import { orderSchema } from '../../../src/upvest/model/schemas';
import { startWebhookServer, type WebhookServer } from '../../../bench/webhook-server';
import { caseOf, newWorld, type FuzzCase, type FuzzWorld } from './cases';
import { RawClient, type Outcome } from './client';
import type { FuzzBody } from './events';
import { Random } from './random';
import { Recorder } from './recorder';
import { isSigned, newKey, type SigningKey } from './wire';

const SEED = Number(process.env.FUZZ_SEED ?? 20_260_102);
const CONNECTIONS = 24;
/** The independent verifier looks at whatever is doubtful and was accepted, and at one of so many other requests. */
const VERIFIED_EACH = 3;

function listed({ keyId, publicKey }: SigningKey): {
  kid: string;
  kty: string;
  crv: string;
  x: string;
  y: string;
} {
  const { kty = '', crv = '', x = '', y = '' } = publicKey.export({ format: 'jwk' });
  return { kid: keyId, kty, crv, x, y };
}

interface Run {
  /** Once for each time that it was accepted. */
  accepted: FuzzBody[];
  failures: string[];
  unanswered: number;
}

/** The first numbers. */
export const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

/** Declares the test, of the requests with these numbers among those that the seed makes. */
export function webhookFuzz(numbers: readonly number[]): void {
  let server: WebhookServer;
  let world: FuzzWorld;
  let recorder: Recorder;

  beforeAll(async () => {
    const random = new Random(SEED);
    const keys = [newKey(random.uuid()), newKey(random.uuid())];
    world = await newWorld(SEED, keys);
  });
  beforeEach(async () => {
    recorder = new Recorder();
    server = await startWebhookServer({
      logger: pino({ level: 'silent' }),
      verifyKeys: world.keys.map(listed),
      upvest: {
        readOrder: (orderId) => {
          const reference = world.known.get(orderId);
          if (reference === undefined)
            return Promise.reject(new Error('The owner of this order is unknown.'));
          const order = {
            id: orderId,
            status: 'NEW',
            initiation_flow: 'PORTFOLIO',
            client_reference: reference,
          };
          return Promise.resolve(orderSchema.parse(order));
        },
        readPortfolioOrder: () => Promise.reject(new Error('This portfolio order is unknown.')),
      },
      deliver: recorder.deliver,
      park: recorder.park,
    });
  });
  afterEach(() => server.stop());

  /** Sends cases from one queue over several connections. */
  async function run(queue: Iterator<number>, make: (index: number) => Promise<FuzzCase>): Promise<Run> {
    const done: Run = { accepted: [], failures: [], unanswered: 0 };
    await Promise.all(
      Array.from({ length: CONNECTIONS }, async () => {
        const client = new RawClient(server.port);
        for (let next = queue.next(); next.done !== true; next = queue.next()) {
          const sent = await make(next.value);
          for (let time = 1; time <= sent.times; time++) {
            const outcome = await client.send(sent.bytes, sent.end);
            // A replay is answered like the first, and nothing of it is taken again.
            if (outcome === 200 && time === 1) done.accepted.push(sent.body);
            if (outcome === 'closed') done.unanswered += 1;
            const wrong = await complaint(sent, outcome, next.value % VERIFIED_EACH === 0);
            if (wrong !== undefined) done.failures.push(`case ${next.value}, ${sent.what}: ${wrong}`);
          }
        }
        client.close();
      }),
    );
    return done;
  }

  async function complaint(sent: FuzzCase, outcome: Outcome, verify: boolean): Promise<string | undefined> {
    if (outcome === 'closed')
      return sent.end === 'kept-alive' ? 'the connection was closed without an answer' : undefined;
    if (outcome !== 200) {
      if (outcome < 400 || outcome > 499) return `answered ${outcome}`;
      return sent.expected === 'taken' ? `answered ${outcome}` : undefined;
    }
    if (sent.expected === 'refused') return 'was accepted';
    const doubtful = sent.expected === 'verified' || verify;
    if (doubtful && !(await isSigned(sent.request, world.keys)))
      return 'was accepted without a valid signature';
    return undefined;
  }

  it(`survives ${numbers.length} requests, takes what is signed, and loses nothing of it`, async () => {
    const { accepted, failures, unanswered } = await run(numbers.values(), (index) => caseOf(world, index));
    const complaints = [...failures, ...recorder.complaints(accepted)];
    expect({ seed: SEED, complaints: complaints.slice(0, 20) }).toEqual({ seed: SEED, complaints: [] });
    // Without good requests, or with connections that are closed instead of answered, all of this would pass in vain.
    expect(accepted.length).toBeGreaterThan(numbers.length / 20);
    expect(unanswered).toBeLessThan(numbers.length / 100);
  }, 300_000);
}
