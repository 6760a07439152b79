/** Which POSTs a placement's workflow knows of. */
import { attemptIn, attemptText, isPostKnown } from '../../../src/domain/records/last-post';

const AT = Date.UTC(2026, 2, 2, 9);
const by = { runId: 'run', activity: 5, attempt: 2 };
const recorded = { by, at: AT };

describe('a POST that was recorded', () => {
  it.each([
    ['an earlier attempt of the same activity', { ...by, attempt: 3 }],
    ['an earlier activity of the same run', { ...by, activity: 9, attempt: 1 }],
  ])('by %s is known', (_by, attempt) => {
    expect(isPostKnown(recorded, attempt, undefined)).toBe(true);
  });

  it.each([
    ['the same attempt, which Temporal has forgotten', by],
    ['a later attempt, which Temporal has forgotten', { ...by, attempt: 1 }],
    ['a later activity, which Temporal has forgotten', { ...by, activity: 1, attempt: 7 }],
    ['another run, as before a reset', { ...by, runId: 'other', attempt: 3 }],
  ])('by %s is not known', (_by, attempt) => {
    expect(isPostKnown(recorded, attempt, undefined)).toBe(false);
  });

  it('is known once Upvest was searched later, with a minute for its clock', () => {
    const other = { ...by, runId: 'other' };
    expect(isPostKnown(recorded, other, AT + 60_000)).toBe(false);
    expect(isPostKnown(recorded, other, AT + 60_001)).toBe(true);
  });
});

it('an attempt is one text and back', () => {
  expect(attemptIn(attemptText(by))).toEqual(by);
  expect(attemptIn('something else')).toBeUndefined();
  expect(attemptIn('run/5/2/1')).toBeUndefined();
});
