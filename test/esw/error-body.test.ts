import { describeErrorBody, readErrorBody } from '../../src/esw/error-body';
import { refusalOf } from '../../src/esw/outcome';

const html = `<html>${'x'.repeat(600)}</html>`;

/** references/esw.md#answers. */
test.each<[what: string, body: string, expected: unknown, described: string]>([
  [
    '1: problem with an error map',
    JSON.stringify({
      type: 'https://httpstatuses.com/400',
      title: 'One or more validation errors occurred.',
      status: 400,
      detail: 'Validation failed.',
      errors: { TenantCode: ['The TenantCode field is required.'] },
      traceId: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00',
    }),
    {
      shape: 'problem',
      title: 'One or more validation errors occurred.',
      detail: 'Validation failed.',
      errors: { TenantCode: ['The TenantCode field is required.'] },
      traceId: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00',
    },
    'One or more validation errors occurred. Validation failed. TenantCode: The TenantCode field is required.',
  ],
  [
    '1: without a map',
    '{"title":"Not Found","status":404,"detail":"No such tenant"}',
    { shape: 'problem', title: 'Not Found', detail: 'No such tenant', errors: {}, traceId: '' },
    'Not Found. No such tenant',
  ],
  [
    '2: shared middleware, 400',
    '{"Caller":null,"Parameters":[{"Name":"x","Description":"y"}],"Message":"Bad"}',
    { shape: 'parameters', message: 'Bad', parameters: [{ name: 'x', description: 'y' }] },
    'Bad. x: y',
  ],
  ['3: shared middleware, 500', '{"Message":"Sorry"}', { shape: 'message', message: 'Sorry' }, 'Sorry'],
  [
    '4: Order API',
    '[{"code":800,"message":"Duplicate request"},{"code":1}]',
    {
      shape: 'codes',
      errors: [
        { code: 800, message: 'Duplicate request' },
        { code: 1, message: '' },
      ],
    },
    '800 Duplicate request; 1 ',
  ],
  ['5: nothing', ' \n', { shape: 'empty' }, 'no body'],
  ['5: HTML', html, { shape: 'text', text: 'x'.repeat(500) }, 'x'.repeat(500)],
  ['5: HTML without a word', '<html></html>', { shape: 'empty' }, 'no body'],
  [
    'JSON of no known shape',
    '{"hello":"world"}',
    { shape: 'text', text: '{"hello":"world"}' },
    '{"hello":"world"}',
  ],
  ['an empty list', '[]', { shape: 'text', text: '[]' }, '[]'],
  ['JSON cut off', '{"Message":"So', { shape: 'text', text: '{"Message":"So' }, '{"Message":"So'],
])('shape %s', (_what, body, expected, described) => {
  const read = readErrorBody(body);
  expect(read).toEqual(expected);
  expect(describeErrorBody(read)).toBe(described);
});

it('are kept without what the engine or a database may not take (14.38)', () => {
  const answer = {
    status: 400,
    ok: false,
    isComplete: true,
    headers: { 'request-id': 'a\u0085b' },
    text: '{"Message":"No \\ud83d\\u0000"}',
  };
  const kept = refusalOf('ESW refused', answer, (text) => text);
  expect(kept).toEqual({ status: 400, message: 'ESW refused: No ��', correlationId: 'a�b' });
});
