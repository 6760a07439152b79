/** The placement in Markdown, for the details pane of the Temporal Web UI. */
import { problemText } from '../../src/domain/broker/problem';
import type { PlacementView } from '../../contracts/placement';

export function placementDetails(view: PlacementView): string {
  const { reference, request, phase, portfolioOrderId, candidates = [], problem, waitingFor } = view;
  const { side, cashAmount, currency, accountId } = request;
  return [
    [
      `**${side} ${cashAmount} ${currency}** as \`${reference}\` on account ${accountId} is **${phase}**`,
      `Requested ${view.requestedAt}`,
      ...(portfolioOrderId === undefined ? [] : [`Its workflow: \`portfolio-order/${portfolioOrderId}\``]),
      `Waiting for: ${waitingFor}`,
    ].join('  \n'),
    ...(problem ? [`Upvest answered: ${problemText(problem)}`] : []),
    ...(candidates.length > 0
      ? [
          `More than one order at Upvest matches; resolve it with \`identify\`:`,
          candidates.map((id) => `- ${id}`).join('\n'),
        ]
      : []),
  ].join('\n\n');
}
