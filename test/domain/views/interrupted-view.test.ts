/** An order whose workflow was terminated: nothing goes on by itself, and no view says that it does. */
import { stripVTControlCharacters } from 'node:util';
import { assert, property } from 'fast-check';
import { summaryLines } from '../../../src/cli/output/order-summary';
import { interruptedView } from '../../../src/domain/views/interrupted-view';
import { viewOf } from '../../../src/domain/views/order-view';
import { trackingOf } from '../../../src/domain/views/tracking';
import { lifeOf, lifePlans } from '../generated-lives';
import { T } from '../order/waiting';

test('an interrupted order waits for its restart, and no time is given for anything else (14.59)', () => {
  assert(
    property(lifePlans, (plan) => {
      const order = interruptedView(viewOf(lifeOf({ ...plan, end: 'open' })));
      expect(order).toMatchObject({ waits: [], actions: ['reconcile'] });
      expect(trackingOf(order, true)).toMatch(/^not tracked(, \d+ open issues?)?$/);
      const shown = summaryLines({ phase: 'TRACKED', order, interrupted: true }, T).join('\n');
      expect(stripVTControlCharacters(shown)).not.toMatch(
        /next attempt|next check|asking|automatically|Waiting for +(Upvest|ESW|Its)|, tracked|, finished/,
      );
    }),
    { numRuns: 100 },
  );
});
