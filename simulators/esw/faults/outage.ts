import { z } from 'zod';

/** `unavailable`: 503 with an empty body; `refuse`: the connection is reset; `hang`: no answer, the connection stays open. */
export type OutageKind = z.infer<typeof outageKindSchema>;

/** Scope of an outage: `all` is events, token endpoint and probe, but never the control plane. */
export type OutageScope = z.infer<typeof outageScopeSchema>;

export const outageKindSchema = z.enum(['unavailable', 'refuse', 'hang']);
export const outageScopeSchema = z.enum(['all', 'events', 'token']);

/** The current outage, if any; it lasts until it is cleared. */
export class Outage {
  private kind: OutageKind | undefined;
  private scope: OutageScope = 'all';

  set(kind: OutageKind | undefined, scope: OutageScope = 'all'): void {
    this.kind = kind;
    this.scope = scope;
  }

  /** Current outage of this part of the service. */
  of(part: 'events' | 'token' | 'probe'): OutageKind | undefined {
    return this.scope === 'all' || this.scope === part ? this.kind : undefined;
  }
}
