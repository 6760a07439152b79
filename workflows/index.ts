export { parkedEvent } from './parked-event';
export { placePortfolioOrder } from './place-portfolio-order';
export { portfolioOrder } from './portfolio-order';
