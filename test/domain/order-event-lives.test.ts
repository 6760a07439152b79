/** A small run; test/soak/order-event-lives.test.ts is the full one. */
import { orderEventLives } from './order-event-lives';

orderEventLives(0.25);
