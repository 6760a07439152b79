/** Requests for portfolio orders that get no further than the door: nothing here needs Temporal. */
import { randomUUID } from 'node:crypto';
import { call, newRequest, type Answer } from '../support/api-calls';
import type { LoneServer } from './lone-server';
import { expectFields, expectProblem } from './problem';

const REQUIRED = ['reference', 'userId', 'accountId', 'cashAmount', 'currency', 'side'];

export function refusedRequestsSuite(running: () => LoneServer): void {
  let alone: LoneServer;
  beforeAll(() => {
    alone = running();
  });

  function post(json: unknown): Promise<Answer> {
    return call(alone, 'POST', '/portfolio-orders', { token: alone.tokens.submit, json });
  }

  function postText(body: string, contentType = 'application/json'): Promise<Answer> {
    const headers = { 'content-type': contentType };
    return call(alone, 'POST', '/portfolio-orders', { token: alone.tokens.submit, body, headers });
  }

  describe('a request that is not valid', () => {
    it.each(REQUIRED)('without %s is refused, and that field named', async (field) => {
      const { [field]: left, ...rest } = newRequest();
      expect(left).toBeDefined();
      expectFields(await post(rest), [field]);
    });

    it.each([
      ['number', 1000],
      ['float', 1000.5],
      ['negative', '-5.00'],
      ['signed', '+5.00'],
      ['exponent', '1e3'],
      ['hexadecimal', '0x10'],
      ['zero', '0'],
      ['zero with decimals', '0.00'],
      ['empty', ''],
      ['blank', ' '],
      ['padded', ' 5.00'],
      ['with a line break', '5.00\n'],
      ['without decimals after the point', '5.'],
      ['without digits before the point', '.5'],
      ['grouped', '1,000.00'],
      ['two points', '1.0.0'],
      ['word', 'NaN'],
      ['infinite', 'Infinity'],
      ['digits of another script', '١٢٣'],
      ['of a tenth of a cent (14.8)', '250.001'],
      ['smaller than a cent (14.8)', '0.001'],
      ['with more digits than ESW’s number can hold (14.8)', '9'.repeat(22)],
      ['just above the largest (14.8)', '10000000000000.00'],
      ['grouped with a point (14.56)', '1.000'],
      ['grouped with points (14.56)', '1.000.000'],
      ['too long', '9'.repeat(31)],
      ['too long and no number', 'x'.repeat(31)],
      ['null', null],
      ['list', ['5.00']],
    ])('with a cash amount that is %s is refused', async (_what, cashAmount) => {
      expectFields(await post(newRequest({ cashAmount })), ['cashAmount']);
    });

    it.each([
      ['empty', ''],
      ['no UUID', 'unknown'],
      ['without hyphens', randomUUID().replaceAll('-', '')],
      ['in braces', `{${randomUUID()}}`],
      ['with a line break', `${randomUUID()}\n`],
      ['too long', `${randomUUID()}0`],
      ['number', 5],
      ['null', null],
      ['object', {}],
    ])('with ids that are %s is refused', async (_what, id) => {
      expectFields(await post(newRequest({ userId: id, accountId: id })), ['accountId', 'userId']);
    });

    it.each([
      ['empty', ''],
      ['too long', 'r'.repeat(101)],
      ['like an id of Upvest (14.32)', randomUUID()],
      ['with a space', 'my order'],
      ['with a slash', 'my/order'],
      ['with an umlaut', 'aufträge'],
      ['with a line break', 'order\n'],
      ['with a percent sign', 'order%2F1'],
      // They are steps in a path: no client could ask for such an order.
      ['a dot', '.'],
      ['two dots', '..'],
    ])('with a reference that is %s is refused', async (_what, reference) => {
      expectFields(await post(newRequest({ reference })), ['reference']);
    });

    it.each([
      ['reference', 5],
      ['reference', null],
      ['currency', 'USD'],
      ['currency', 'eur'],
      ['currency', 978],
      ['side', 'HOLD'],
      ['side', 'buy'],
      ['side', null],
      ['postTax', 'true'],
      ['postTax', 1],
      ['postTax', null],
      ['eswOrderReference', ''],
      ['eswOrderReference', ' ESW-1'],
      ['eswOrderReference', 'x'.repeat(257)],
      ['eswOrderReference', 'ESW\u009b31m'],
      ['eswOrderReference', null],
      ['deliveryCountryIso', 'de'],
      ['deliveryCountryIso', 'DEU'],
      ['deliveryCountryIso', null],
    ])('with %s %p is refused, and the answer says what is expected', async (field, value) => {
      const answer = await post(newRequest({ [field]: value }));
      expectFields(answer, [field]);
      expect(answer.body).toMatchObject({
        errors: [{ message: expect.stringMatching(/^must be/) as string }],
      });
    });

    it('with unknown fields is refused instead of losing them', async () => {
      expectFields(await post(newRequest({ limitPrice: '5', posttax: true })), ['limitPrice', 'posttax']);
    });

    it('hears of a wrong amount beside other wrong fields (14.8)', async () => {
      const wrong = { cashAmount: '250.001', currency: 'USD', side: 'HOLD', accountId: 'none' };
      const answer = await post(newRequest(wrong));
      expectFields(answer, Object.keys(wrong));
      expect(answer.body).toMatchObject({
        errors: expect.arrayContaining([
          { field: 'cashAmount', message: expect.stringContaining('at most 2 decimals') as string },
        ]) as unknown,
      });
    });

    it('hears of every wrong, missing and unknown field at once', async () => {
      expectFields(await post({}), REQUIRED);
      const wrong = { reference: '', userId: 1, accountId: 'x', cashAmount: '-1', currency: '', extra: 1 };
      expectFields(await post({ ...wrong, postTax: 'no' }), [...Object.keys(wrong), 'postTax', 'side']);
    });

    it.each(['[]', '"order"', '5', 'null'])('that is no JSON object (%s) is refused', async (body) => {
      expectFields(await postText(body), ['body']);
    });

    it.each([
      ['not JSON', 'reference=1'],
      ['half of a document', '{"reference": "a"'],
      ['empty', ''],
      ['an attack on prototypes', '{"__proto__": {"side": "BUY"}}'],
    ])('whose body is %s is refused', async (_what, body) => {
      expectProblem(await postText(body), 400, 'INVALID_REQUEST');
    });

    it.each(['text/plain', 'application/xml', 'application/x-www-form-urlencoded', 'nonsense'])(
      'of content type %s is refused as such',
      async (contentType) => {
        const answer = await postText(JSON.stringify(newRequest()), contentType);
        expectProblem(answer, 415, 'UNSUPPORTED_MEDIA_TYPE');
      },
    );

    it('of more bytes than any order needs is refused unread', async () => {
      const padding = 'x'.repeat(16 * 1024);
      expectProblem(await post(newRequest({ padding })), 413, 'BODY_TOO_LARGE');
    });
  });

  describe('access', () => {
    it.each([
      ['no token', undefined],
      ['an unknown token', 'Bearer unknown'],
      ['an empty token', 'Bearer '],
      ['another scheme', 'Basic bm9ib2R5'],
    ])('with %s is refused before anything is read, with the way to authenticate', async (_what, header) => {
      const headers = header === undefined ? {} : { authorization: header };
      const answers = await Promise.all([
        call(alone, 'POST', '/portfolio-orders', { headers, json: newRequest() }),
        call(alone, 'POST', '/portfolio-orders', { headers, body: 'no JSON' }),
        call(alone, 'GET', '/portfolio-orders/any', { headers }),
      ]);
      for (const answer of answers) {
        expectProblem(answer, 401, 'UNAUTHENTICATED');
        expect(answer.headers['www-authenticate']).toBe('Bearer');
      }
    });
  });
}
