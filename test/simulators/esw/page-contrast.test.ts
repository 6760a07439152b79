import { request } from 'undici';
import { start, stopAll } from './fixtures';

afterEach(stopAll);

describe('the colours of the page', () => {
  /** Relative luminance (WCAG 2). */
  const luminance = (colour: string): number => {
    const [red = 0, green = 0, blue = 0] =
      (colour.length === 4 ? colour.replace(/\w/g, '$&$&') : colour)
        .slice(1)
        .match(/../g)
        ?.map((part) => parseInt(part, 16) / 255)
        .map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)) ?? [];
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const contrast = (one: string, other: string): number => {
    const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  };

  it.each([
    ['light', 0],
    ['dark', 1],
  ])('have enough contrast in %s mode', async (_case, index) => {
    const body = await (await request((await start()).url)).body.text();
    const root = [...body.matchAll(/:root \{(.*?)\}/gs)][index]?.[1] ?? '';
    const colours = Object.fromEntries(
      [...root.matchAll(/--(\w+): (#\w+)/g)].map(([, name, colour]) => [String(name), String(colour)]),
    );
    for (const text of ['text', 'muted', 'link', 'alert']) {
      expect(contrast(colours[text] ?? '', colours.ground ?? '')).toBeGreaterThan(4.5);
    }
    expect(contrast(colours.text ?? '', colours.head ?? '')).toBeGreaterThan(4.5);
    expect(contrast(colours.line ?? '', colours.ground ?? '')).toBeGreaterThan(3);
  });
});
