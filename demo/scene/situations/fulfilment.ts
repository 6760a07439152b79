/** Orders whose events ESW does not accept. */
import { knownOrder, pausedOrder, place, troubledOrder } from '../orders';
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

export const eswSilent: Situation = {
  name: 'esw-silent',
  description: 'ESW answers 503 to each event of this order, for as long as the scene lasts.',
  shows: ['EMISSION_DELAYED'],
  async arrange(stack, reference) {
    stack.esw.control.addFault({ kind: '503', count: Number.MAX_SAFE_INTEGER, match: { reference } });
    await place(stack, reference, { scenario: 'WAITS_IN_PROCESSING' });
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
