/** Issues that the page derives from the status of an order, beside those that the API lists. */

/** @type {Record<string, { code: string, message: string, advice: string }>} */
const STATUS_ISSUES = {
  interrupted: {
    code: 'INTERRUPTED',
    message: 'The workflow of this order was ended externally. The order is not being tracked.',
    advice: '“Check with Upvest now” restarts it with its saved state.',
  },
  unknown: {
    code: 'PLACEMENT_UNKNOWN',
    message:
      'Upvest never answered the POST, so it may or may not have this order. The POST is not repeated.',
    advice:
      'We keep searching for it at Upvest, less and less often. Contact Upvest, then use “Resolve placement”.',
  },
};
/** @param {any} placement */
const stoppedIssues = ({ stopped } = {}) =>
  stopped?.flagged
    ? [
        {
          code: 'PLACEMENT_STOPPED',
          message: `No attempt to place the order got through: ${stopped.message}`,
          advice:
            'Fix credentials, scope, address or proxy of Upvest, or wait until Upvest is available. The coordinator retries automatically.',
        },
      ]
    : [];

/** @param {{ phase: string, interrupted?: boolean, placement?: any }} status */
export function statusIssues({ phase, interrupted, placement }) {
  return [
    ...(interrupted ? [STATUS_ISSUES.interrupted] : []),
    ...(phase === 'UNKNOWN' ? [STATUS_ISSUES.unknown] : []),
    ...stoppedIssues(placement),
  ];
}
