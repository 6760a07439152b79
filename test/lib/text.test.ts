import { safeText } from '../../src/lib/text';

describe('text from outside', () => {
  it.each([
    ['readable text', 'Überweisung 😀\r\n\tzwei', 'Überweisung 😀\r\n\tzwei'],
    ['half a surrogate pair', 'a\ud83d', 'a�'],
    ['U+0000 and other control characters', 'a\u0000b\u001b[2Jc\u0085', 'a�b�[2Jc�'],
  ])('is stored without what a database or a terminal may not take: %s (14.38)', (_what, text, stored) => {
    expect(safeText(text, 100)).toBe(stored);
  });

  it('is never cut into half a character (14.38)', () => {
    expect(safeText('ab😀', 3)).toBe('ab�');
  });
});
