/** Orders whose events ESW does not accept. */
import { knownOrder, pausedOrder, troubledOrder } from '../orders';
import type { Situation } from './situation';

export const refusedTwice: Situation = {
  name: 'refused-twice',
  description: 'ESW rejects an event with 422, and Upvest answers 409 to the cancel.',
  shows: ['EMISSION_REFUSED', 'CANCEL_REFUSED'],
  async arrange(stack, reference) {
    await troubledOrder(stack, reference);
    return { order: reference };
  },
};

export const shutOut: Situation = {
  name: 'shut-out',
  description: 'ESW answers 403 to each event of this order, as it does when the scope is missing.',
  shows: ['EMISSION_STOPPED'],
  async arrange(stack, reference) {
    await pausedOrder(stack, reference);
    return { order: reference };
  },
};

export const alreadyThere: Situation = {
  name: 'already-there',
  description: 'ESW answers 409 to an event: it has one of the same id, although none was sent.',
  shows: ['ALREADY_AT_ESW'],
  async arrange(stack, reference) {
    await knownOrder(stack, reference);
    return { order: reference };
  },
};
