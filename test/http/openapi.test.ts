/** The document of the API: valid, complete, and what is really answered. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import type { Stack } from '../../src/cli/dev-stack';
import { PROBLEMS } from '../../src/http/problem-codes';
import { call, finished, newRequest, startTestStack, submit, type Answer } from '../support/stack';
import { closeTemporal } from '../support/temporal';
import { heldOrder, operate, placeUnanswered } from './operations';
import { newEvent } from './webhooks';

const root = resolve(__dirname, '../..');

interface Media {
  schema: object;
  examples?: Record<string, { value: unknown }>;
}
interface Response {
  $ref?: string;
  description?: string;
  content?: Record<string, Media>;
}
interface Operation {
  operationId?: string;
  summary?: string;
  description?: string;
  tags?: string[];
  security?: object[];
  parameters?: { name: string; in: string }[];
  requestBody?: { content: Record<string, Media> };
  responses: Record<string, Response>;
}
interface Document {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, object>; responses: Record<string, Response> };
  tags: { name: string }[];
}

let stack: Stack;
let document: Document;
beforeAll(async () => {
  stack = await startTestStack();
  document = (await call(stack, 'GET', '/openapi.json')).body as Document;
});
afterAll(async () => {
  await stack.stop();
  await closeTemporal();
});

const operations = (): [name: string, operation: Operation][] =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, Operation] => [
      `${method} ${path}`,
      operation,
    ]),
  );

function resolved(response: Response): Response {
  return response.$ref === undefined
    ? response
    : (document.components.responses[response.$ref.split('/').at(-1) ?? ''] ?? {});
}

it('is valid OpenAPI 3.1', () => {
  const folder = mkdtempSync(join(tmpdir(), 'openapi-'));
  const file = join(folder, 'openapi.json');
  writeFileSync(file, JSON.stringify(document));
  // An ES module, which Jest cannot load.
  const script = `
    import { Validator } from '@seriousme/openapi-schema-validator';
    const validator = new Validator();
    const { valid, errors } = await validator.validate(${JSON.stringify(file)});
    const { version } = validator;
    validator.resolveRefs();
    console.log(JSON.stringify({ valid, errors, version }));`;
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], { cwd: root });
  rmSync(folder, { recursive: true });
  expect(JSON.parse(output.toString())).toEqual({ valid: true, version: '3.1' });
});

it('has every call, each with a name of its own, words, a tag, and its errors', () => {
  const tags = document.tags.map(({ name }) => name);
  const ids = operations().map(([, { operationId }]) => operationId);
  expect(new Set(ids).size).toBe(ids.length);
  expect(operations().map(([name]) => name)).toEqual(
    expect.arrayContaining([
      'post /webhooks/upvest',
      'get /metrics',
      'get /portfolio-orders/{referenceOrId}/events',
    ]),
  );
  for (const [name, operation] of operations()) {
    expect({ name, ...operation }).toMatchObject({
      operationId: expect.stringMatching(/^[a-z][A-Za-z]+$/) as string,
      summary: expect.any(String) as string,
      tags: [expect.stringMatching(new RegExp(`^(${tags.join('|')})$`)) as string],
    });
    const takesToken = operation.security === undefined;
    if (takesToken) {
      for (const status of ['401', '429', '500', '503']) {
        const { content } = resolved(operation.responses[status] ?? {});
        expect({ name, status, types: Object.keys(content ?? {}) }).toEqual({
          name,
          status,
          types: ['application/problem+json'],
        });
      }
    }
  }
});

it('knows every call that the server answers', async () => {
  for (const [name, { security }] of operations()) {
    const [method = '', path = ''] = name.split(' ');
    if (security !== undefined) continue;
    const answer = await call(stack, method.toUpperCase() as 'GET', path.replaceAll(/\{\w+\}/g, 'x'));
    expect({ name, status: answer.status }).toEqual({ name, status: 401 });
  }
});

it('has an example of each problem that is one', () => {
  const problems = Object.values(document.components.responses);
  const examples = problems.flatMap(({ content }) =>
    Object.entries(content?.['application/problem+json']?.examples ?? {}),
  );
  expect(new Set(examples.map(([code]) => code))).toEqual(new Set(Object.keys(PROBLEMS)));
  const validate = validatorOf({ $ref: 'doc#/components/schemas/Problem' });
  for (const [code, { value }] of examples) {
    validate(value);
    expect({ code, errors: validate.errors ?? [] }).toEqual({ code, errors: [] });
    expect(value).toMatchObject({ code });
  }
});

/** What a schema of the document says, with nothing beside what it names. */
function validatorOf(schema: object): ValidateFunction {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats(ajv);
  ajv.addSchema(closed(document) as object, 'doc');
  return ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"doc#/')) as object);
}

function closed(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(closed);
  if (typeof part !== 'object' || part === null) return part;
  const entries = Object.entries(part).map(([name, value]) => [name, closed(value)] as const);
  const isObject = 'type' in part && part.type === 'object' && 'properties' in part;
  return Object.fromEntries(isObject ? [...entries, ['additionalProperties', false]] : entries);
}

describe('what is answered', () => {
  const get = (path: string, token = stack.tokens.operate): Promise<Answer> =>
    call(stack, 'GET', path, { token });

  /** Checks an answer by the document, and that nothing is in it that the document does not name. */
  function expectDocumented(operationId: string, { status, headers, body }: Answer): void {
    const [, operation] = operations().find(([, one]) => one.operationId === operationId) ?? [];
    const [type = ''] = String(headers['content-type']).split(';');
    const schema = resolved(operation?.responses[String(status)] ?? {}).content?.[type]?.schema;
    expect({ operationId, status, type, isDocumented: schema !== undefined }).toMatchObject({
      isDocumented: true,
    });
    const validate = validatorOf(schema ?? {});
    validate(body);
    expect({ operationId, status, errors: validate.errors ?? [] }).toEqual({
      operationId,
      status,
      errors: [],
    });
  }

  it('is as documented, down to the last member', async () => {
    const order = newRequest();
    const place = (json: unknown): Promise<Answer> =>
      call(stack, 'POST', '/portfolio-orders?wait=20', { token: stack.tokens.submit, json });
    expectDocumented('placePortfolioOrder', await place(order));
    expectDocumented('placePortfolioOrder', await place(order));
    expectDocumented('placePortfolioOrder', await place({ ...order, side: 'SELL' }));
    expectDocumented('placePortfolioOrder', await place({}));
    const { reference } = order;
    await finished(stack, reference);
    expectDocumented('readPortfolioOrder', await get(`/portfolio-orders/${reference}`));
    expectDocumented('readTimeline', await get(`/portfolio-orders/${reference}/timeline`));
    expectDocumented('reopenPortfolioOrder', await operate(stack, reference, 'reopen'));
    expectDocumented('readPortfolioOrder', await get(`/portfolio-orders/${reference}`));
    expectDocumented('cancelPortfolioOrder', await operate(stack, reference, 'cancel'));
    expectDocumented('closePortfolioOrder', await operate(stack, reference, 'close'));
    expectDocumented('readPortfolioOrder', await get(`/portfolio-orders/${reference}`));
    expectDocumented('readPortfolioOrder', await get('/portfolio-orders/nobody'));
    expectDocumented('whoAmI', await get('/whoami'));
    expectDocumented('whoAmI', await get('/whoami', 'nobody'));
    expectDocumented('readHealth', await get('/healthz'));
    expectDocumented('readReadiness', await get('/readyz'));
  });

  it('is as documented of orders in trouble, too', async () => {
    const held = await heldOrder(stack);
    const unknown = await placeUnanswered(stack);
    stack.upvest.control.failCalls({ method: 'POST', path: '/portfolios/orders', outcome: 400 });
    const refused = await call(stack, 'POST', '/portfolio-orders?wait=20', {
      token: stack.tokens.submit,
      json: newRequest(),
    });
    stack.upvest.control.clearFaults();
    expectDocumented('placePortfolioOrder', refused);
    const cancelled = await submit(stack);
    await operate(stack, cancelled, 'cancel');
    for (const name of [held, unknown, cancelled]) {
      expectDocumented('readPortfolioOrder', await get(`/portfolio-orders/${name}`));
      expectDocumented('readTimeline', await get(`/portfolio-orders/${name}/timeline`));
    }
    expectDocumented('identifyPlacement', await operate(stack, unknown, 'identify'));
    expectDocumented('acknowledgeAttentions', await operate(stack, held, 'acknowledge'));
    expectDocumented('listPortfolioOrders', await get('/portfolio-orders?limit=100'));
    expectDocumented('listPortfolioOrders', await get('/portfolio-orders?limit=x'));
  });

  it('is as documented of parked events', async () => {
    const { control } = stack.upvest;
    await control.sendRaw({
      events: [newEvent('NEWS.PUBLISHED', { a: 1 }), newEvent('NEWS.PUBLISHED', { a: 2 })],
    });
    const { events } = (await get('/parked-events')).body as { events: { id: string }[] };
    expectDocumented('listParkedEvents', await get('/parked-events'));
    const [first, second] = events.map(({ id }) => id);
    const decide = (id: string | undefined, operation: string): Promise<Answer> =>
      call(stack, 'POST', `/parked-events/${id ?? ''}/${operation}`, {
        token: stack.tokens.operate,
        json: { reason: 'a test' },
      });
    expectDocumented('readParkedEvent', await get(`/parked-events/${first ?? ''}`));
    expectDocumented('retryParkedEvent', await decide(first, 'retry'));
    expectDocumented('discardParkedEvent', await decide(second, 'discard'));
    expectDocumented('discardParkedEvent', await decide(second, 'discard'));
    expectDocumented('readParkedEvent', await get(`/parked-events/${second ?? ''}`));
  });
});
