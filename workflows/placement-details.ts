/** What the Temporal Web UI shows of a placement: Markdown for its details pane. */
import type { PlacementView } from './messages';

export function placementDetails(view: PlacementView): string {
  const { reference, request, phase, portfolioOrderId, candidates = [], problem, waitingFor } = view;
  const { side, cashAmount, currency, accountId } = request;
  const told = [problem?.status, problem?.type, problem?.detail ?? problem?.title];
  return [
    [
      `**${side} ${cashAmount} ${currency}** as \`${reference}\` on account ${accountId} is **${phase}**`,
      `Asked for ${view.requestedAt}`,
      ...(portfolioOrderId === undefined ? [] : [`Its workflow: \`portfolio-order/${portfolioOrderId}\``]),
      `Waiting for: ${waitingFor}`,
    ].join('  \n'),
    ...(problem ? [`Upvest said: ${told.filter((part) => part !== undefined).join(' ')}`] : []),
    ...(candidates.length > 0
      ? [
          `More than one order at Upvest fits; \`identify\` says which:`,
          candidates.map((id) => `- ${id}`).join('\n'),
        ]
      : []),
  ].join('\n\n');
}
