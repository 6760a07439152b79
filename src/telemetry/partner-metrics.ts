/** Metrics of the requests that a process sends to its partners. */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Partner } from '../partners/answer-meaning';
import type { OnClockSkew } from '../partners/clock-skew';
import type { OnRequest } from '../partners/request-report';

export interface PartnerMetrics {
  onRequest: OnRequest;
  onClockSkew: OnClockSkew;
  /** Takes the wait of a request for its turn under the rate limit, in milliseconds. */
  onTurn(waitedMs: number): void;
  /** Takes when the current access token ends, in milliseconds since the epoch. */
  onToken(expiresAt: number): void;
  /** Takes whether this process sends: false while only probes go out. */
  onSending(isSending: boolean): void;
}

/** Partners answer within some hundred milliseconds, and requests end after 30 s. */
const REQUEST_BUCKETS_S = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const WAIT_BUCKETS_S = [0.005, 0.05, 0.25, 1, 2.5, 10, 30];

export function createPartnerMetrics(registry: Registry): (partner: Partner) => PartnerMetrics {
  const registers = [registry];
  const duration = new Histogram({
    name: 'partner_request_duration_seconds',
    help: 'Requests to a partner by operation, from the first byte of the request to the last of the answer',
    labelNames: ['partner', 'operation'] as const,
    buckets: REQUEST_BUCKETS_S,
    registers,
  });
  const answers = new Counter({
    name: 'partner_requests_total',
    help: 'Requests to a partner by operation and by class of the answer: 2xx, 3xx, 4xx, 429, 5xx, or none',
    labelNames: ['partner', 'operation', 'answer'] as const,
    registers,
  });
  const wait = new Histogram({
    name: 'partner_budget_wait_seconds',
    help: 'Wait of requests for their turn under the rate limit',
    labelNames: ['partner'] as const,
    buckets: WAIT_BUCKETS_S,
    registers,
  });
  const clockSkew = new Gauge({
    name: 'clock_skew_seconds',
    help: 'Seconds that the clock of this machine is ahead of a partner’s, by the Date header of its last answer',
    labelNames: ['partner'] as const,
    registers,
  });
  const credential = new Gauge({
    name: 'partner_token_expiry_timestamp_seconds',
    help: 'When the access token that this process uses ends; it is renewed a minute before',
    labelNames: ['partner'] as const,
    registers,
  });
  const sending = new Gauge({
    name: 'partner_sending',
    help: '1 while this process sends; 0 while a partner takes nothing and only probes go out',
    labelNames: ['partner'] as const,
    registers,
  });
  return (partner) => ({
    onRequest({ operation, status, ms }) {
      duration.observe({ partner, operation }, ms / 1000);
      answers.inc({ partner, operation, answer: answerClass(status) });
    },
    onClockSkew(skewMs) {
      clockSkew.set({ partner }, skewMs / 1000);
    },
    onTurn(waitedMs) {
      wait.observe({ partner }, waitedMs / 1000);
    },
    onToken(expiresAt) {
      credential.set({ partner }, expiresAt / 1000);
    },
    onSending(isSending) {
      sending.set({ partner }, isSending ? 1 : 0);
    },
  });
}

/** 429 on its own: it means something else than other faults of ours. */
function answerClass(status: number | undefined): string {
  if (status === undefined) return 'none';
  return status === 429 ? '429' : `${Math.floor(status / 100)}xx`;
}
