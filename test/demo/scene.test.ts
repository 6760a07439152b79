/** What `npm start -- --scene` says at its end. */
import { stripVTControlCharacters } from 'node:util';
import { resultLines } from '../../demo/scene/show-scene';
import { neverBegun, neverFilled } from '../../demo/scene/situations/deadlines';

const begun = { situation: neverBegun, reference: 'never-begun-1a2b', code: 'NEW_OVERDUE' } as const;
const filled = {
  situation: neverFilled,
  reference: 'never-filled-1a2b',
  code: 'PROCESSING_OVERDUE',
} as const;
const shown = { ...begun, url: 'http://127.0.0.1:3000/#/orders/never-begun-1a2b', afterMs: 900 };

function linesOf(result: Parameters<typeof resultLines>[0]): string[] {
  return resultLines(result)
    .map(stripVTControlCharacters)
    .filter((line) => line !== '');
}

it('counts what has appeared', () => {
  expect(linesOf({ appeared: [shown], missing: [], tookMs: 12_345 })).toEqual([
    'All 1 attentions shown after 12.3 s.',
  ]);
});

it('names what has not, and where it was expected', () => {
  expect(linesOf({ appeared: [shown], missing: [filled], tookMs: 120_040 })).toEqual([
    '1 of 2 attentions have not appeared after 120.0 s:',
    '✗  PROCESSING_OVERDUE  never-filled-1a2b',
  ]);
});
