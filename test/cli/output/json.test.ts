import { terminalJson } from '../../../src/cli/output/json';

test('JSON for a terminal has no character that a terminal obeys, and the same value (14.37)', () => {
  const value = {
    text: 'ü € 😀 \u009b31m \u202eevil\u2066 \u200f \u007f \u2028 \u{e0001} \u001b \n',
    nested: [1.5, null],
  };
  for (const indent of [undefined, 2]) {
    const text = terminalJson(value, indent);
    expect(JSON.parse(text)).toEqual(value);
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/u);
    expect(text).toContain('ü € 😀');
  }
});
