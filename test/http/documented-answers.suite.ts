/** What is answered is as the document of the API says. */
import type { Stack } from '../../demo/stack';
import { call, finished, newRequest, submit, until, type Answer } from '../support/stack';
import { operationsOf, resolved, validatorOf, type Document } from './api-document';
import { heldOrder, operate, placeUnanswered } from './operations';
import { newEvent } from './webhooks';

export function documentedAnswersSuite(running: () => Stack): void {
  let stack: Stack;
  let document: Document;
  beforeAll(async () => {
    stack = running();
    document = (await call(stack, 'GET', '/openapi.json')).body as Document;
  });

  const get = (path: string, token = stack.tokens.operate): Promise<Answer> =>
    call(stack, 'GET', path, { token });

  /** Checks an answer by the document, and that nothing is in it that the document does not name. */
  function expectDocumented(operationId: string, { status, headers, body }: Answer): void {
    const [, operation] = operationsOf(document).find(([, one]) => one.operationId === operationId) ?? [];
    const [type = ''] = String(headers['content-type']).split(';');
    const schema = resolved(document, operation?.responses[String(status)] ?? {}).content?.[type]?.schema;
    expect({ operationId, status, type, isDocumented: schema !== undefined }).toMatchObject({
      isDocumented: true,
    });
    const validate = validatorOf(document, schema ?? {});
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
    expectDocumented('readPortfolioOrder', await get('/portfolio-orders/unknown'));
    expectDocumented('whoAmI', await get('/whoami'));
    expectDocumented('whoAmI', await get('/whoami', 'unknown'));
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
    const sent = [newEvent('NEWS.PUBLISHED', { a: 1 }), newEvent('NEWS.PUBLISHED', { a: 2 })];
    await control.sendRaw({ events: sent });
    const [first, second] = await until('both to be listed', async () => {
      const { events } = (await get('/parked-events')).body as { events: { id: string; eventId: string }[] };
      const ids = sent.flatMap(({ id }) => events.filter(({ eventId }) => eventId === id));
      return ids.length === 2 && ids.map(({ id }) => id);
    });
    expectDocumented('listParkedEvents', await get('/parked-events'));
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
}
