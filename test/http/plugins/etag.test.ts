import { etagOf, isInIfNoneMatch } from '../../../src/http/plugins/etag';

const etag = etagOf('content');

test('a tag is the same for the same content only, in quotes', () => {
  expect(etagOf('content')).toBe(etag);
  expect(etagOf('content ')).not.toBe(etag);
  expect(etag).toMatch(/^"[\w-]{22}"$/);
});

test.each([
  ['the tag', etag, true],
  ['a weak one', `W/${etag}`, true],
  ['one of several', `"a",  W/"b" , ${etag}`, true],
  ['any', ' * ', true],
  ['another', '"a"', false],
  ['the tag without quotes', etag.slice(1, -1), false],
  ['nothing', '', false],
  ['no header', undefined, false],
])('If-None-Match with %s', (_what, header, expected) => {
  expect(isInIfNoneMatch(header, etag)).toBe(expected);
});
