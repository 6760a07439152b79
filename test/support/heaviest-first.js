/**
 * Starts the files that boot the whole product first, since they take longest, and unit tests last, which fill the gaps at the
 * end. Jest alone goes by the durations of earlier runs, which a fresh clone has not seen, and else by file size.
 */
const { default: Sequencer } = require('@jest/test-sequencer');

const TIERS = ['end-to-end', 'workflows', 'unit'];

module.exports = class HeaviestFirst extends Sequencer {
  sort(tests) {
    const rank = ({ context }) => TIERS.indexOf(context.config.displayName?.name);
    return super.sort(tests).sort((a, b) => rank(a) - rank(b));
  }
};
