export { parkedEvent } from './parked-event/workflow';
export { placePortfolioOrder } from './placement/workflow';
export { portfolioOrder } from './portfolio-order/workflow';
export { reconciliationSweep } from './sweep/workflow';
export { upvestBudget } from './upvest-budget/workflow';
