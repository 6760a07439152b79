/** 140 generated lives; test/domain/order-event-lives.test.ts is the small run. */
import { orderEventLives } from '../domain/order-event-lives';

orderEventLives(1);
