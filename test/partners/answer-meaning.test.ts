/** What an answer means, by status, body and partner: the whole table. */
import { bodyKind, wordsOf, type BodyKind } from '../../src/partners/answer-body';
import { answerMeaning, type Meaning } from '../../src/partners/answer-meaning';

const ALL: readonly BodyKind[] = ['empty', 'own', 'json', 'foreign'];

/** Statuses, then the meanings for bodies in the order of `ALL`: of Upvest's answer, then of ESW's. */
const TABLE: [statuses: number[], upvest: string, esw: string][] = [
  [[200, 201, 202, 204], 'success success success not-theirs', 'success not-theirs success not-theirs'],
  [[301, 302, 303, 307, 308], 'not-theirs', 'not-theirs'],
  [[400, 413, 422], 'not-theirs refused not-theirs not-theirs', 'not-theirs refused not-theirs not-theirs'],
  [
    [401, 403],
    'unauthorised unauthorised unauthorised not-theirs',
    'unauthorised unauthorised unauthorised not-theirs',
  ],
  [[404], 'not-theirs refused not-theirs not-theirs', 'unauthorised unauthorised unauthorised not-theirs'],
  [
    [405],
    'not-theirs unauthorised not-theirs not-theirs',
    'unauthorised unauthorised unauthorised not-theirs',
  ],
  [[409], 'not-theirs conflict not-theirs not-theirs', 'conflict conflict conflict not-theirs'],
  [
    [406, 407, 410, 415, 421, 426, 431, 451],
    'not-theirs unauthorised not-theirs not-theirs',
    'not-theirs unauthorised not-theirs not-theirs',
  ],
  [[425, 429], 'busy', 'busy'],
  [[408, 500, 502, 503, 504, 511], 'unavailable', 'unavailable'],
  [[100, 199, 600], 'not-theirs', 'not-theirs'],
];

const rows = TABLE.flatMap(([statuses, upvest, esw]) =>
  statuses.flatMap((status) =>
    ALL.map((body, index) => {
      const of = (meanings: string): Meaning =>
        (meanings.split(' ')[index] ?? meanings.split(' ')[0]) as Meaning;
      return [status, body, of(upvest), of(esw)] as const;
    }),
  ),
);

test.each(rows)('%i with a body that is %s: Upvest %s, ESW %s (14.40)', (status, body, upvest, esw) => {
  expect(answerMeaning('upvest', status, body)).toBe(upvest);
  expect(answerMeaning('esw', status, body)).toBe(esw);
});

test('every status has a meaning, and no 4xx without the partner’s own body is a rejection (14.40)', () => {
  for (const partner of ['upvest', 'esw'] as const) {
    for (let status = 100; status < 1000; status += 1) {
      for (const body of ALL) {
        const meaning = answerMeaning(partner, status, body);
        if (meaning === 'refused') expect(body).toBe('own');
        if (meaning === 'success') expect([Math.floor(status / 100), body]).not.toContain('foreign');
      }
    }
  }
});

describe('a body', () => {
  const isOwn = (body: unknown): boolean => typeof body === 'object' && body !== null && 'type' in body;
  const own = '{"type":"x"}';

  test.each<[what: string, contentType: string | undefined, text: string, kind: BodyKind]>([
    ['without bytes', 'text/html', ' \n', 'empty'],
    ['of JSON in the form of an error', 'application/problem+json', own, 'own'],
    ['with a charset', 'Application/JSON; charset=utf-8', own, 'own'],
    ['of other JSON', 'application/json', '{}', 'json'],
    ['without a content type', undefined, own, 'own'],
    ['of HTML', 'text/html', '<html>', 'foreign'],
    ['of HTML that calls itself JSON', 'application/json', '<html>', 'foreign'],
    ['of JSON that calls itself HTML', 'text/html', own, 'foreign'],
    ['of HTML without a content type', undefined, '<html>', 'foreign'],
    ['of JSON that calls itself text', 'text/plain', own, 'foreign'],
  ])('%s is %s (14.39)', (_what, contentType, text, kind) => {
    const headers = contentType === undefined ? {} : { 'content-type': contentType };
    expect(bodyKind({ headers, text }, isOwn)).toBe(kind);
  });

  test.each<[contentType: string | undefined, kind: BodyKind]>([
    ['application/json', 'json'],
    [undefined, 'json'],
    ['text/html', 'foreign'],
  ])('that is cut off, as %s, counts by its content type (14.39)', (contentType, kind) => {
    const headers = contentType === undefined ? {} : { 'content-type': contentType };
    expect(bodyKind({ headers, text: '', isComplete: false }, isOwn)).toBe(kind);
  });
});

describe('the words of a gateway (14.53)', () => {
  test('are those between the tags, on one line', () => {
    const page =
      '<!DOCTYPE html><html><head><title>403 Forbidden</title><style>p { color: red }</style>' +
      '<script>alert("x")</script></head><body>\n<!-- padding -->\n<p>Blocked by rule <b>949110</b></p></body></html>';
    expect(wordsOf(page, 200)).toBe('403 Forbidden Blocked by rule 949110');
  });

  test('are short, and have no characters that control a terminal or the direction of text', () => {
    expect(wordsOf(`a\u001b[31m\u202eb\u0000${'x'.repeat(1000)}`, 20)).toBe('a [31m b xxxxxxxxxxx');
    expect(wordsOf('<script>'.repeat(100_000), 20)).toBe('');
    expect(wordsOf('1 < 2', 20)).toBe('1 < 2');
  });
});
