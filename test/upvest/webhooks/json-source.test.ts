import fc from 'fast-check';
import { elementTexts, memberText } from '../../../src/upvest/webhooks/json-source';

test.each<[string, string[]]>([
  ['[]', []],
  ['[ ]', []],
  ['[1]', ['1']],
  [
    ' [ 1.00 , "a,]}\\"\\\\" , {"b":[1,2]}, [ [], {} ] ] ',
    ['1.00', '"a,]}\\"\\\\"', '{"b":[1,2]}', '[ [], {} ]'],
  ],
  ['[12345678901234567890, 1e2, 0.10]', ['12345678901234567890', '1e2', '0.10']],
])('the elements of %s are found byte for byte (14.50)', (text, expected) => {
  expect(elementTexts(text)).toEqual(expected);
});

test.each<[string, string | undefined]>([
  ['{"payload":[1]}', '[1]'],
  ['{ "other" : {"payload":2} , "payload" : [ 1, 2 ] }', '[ 1, 2 ]'],
  ['{"payload":1,"p\\u0061yload":2}', '2'],
  ['{"a":":","payload":":"}', '":"'],
  ['{}', undefined],
  ['{"other":1}', undefined],
])('the member of %s is that which JSON.parse takes (14.50)', (text, expected) => {
  expect(memberText(text, 'payload')).toBe(expected);
});

test('the texts of any list mean what the list means, however deep it is (14.50)', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), fc.nat(3), (values, indent) => {
      const texts = elementTexts(JSON.stringify(values, undefined, indent));
      const written = JSON.parse(JSON.stringify(values)) as unknown;
      expect(texts.map((text) => JSON.parse(text) as unknown)).toEqual(written);
    }),
  );
  const deep = `${'['.repeat(500_000)}${']'.repeat(500_000)}`;
  expect(elementTexts(`[1,${deep}]`)).toEqual(['1', deep]);
});
