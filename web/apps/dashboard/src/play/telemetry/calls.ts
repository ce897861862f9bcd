import * as v from 'valibot';

import type { TelemetryEvent } from '../core/protocol';

/** Segment's `track` call, as `POST /v1/batch` accepts it. */
export interface TrackCall {
  readonly type: 'track';
  readonly event: string;
  readonly anonymousId: string;
  readonly userId?: string;
  readonly context: {
    readonly library: { readonly name: string; readonly version: string };
    readonly groupId?: string;
  };
  readonly messageId: string;
  readonly timestamp: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

export interface Sender {
  readonly anonymousId: string;
  /** External id of the account to play as; null for none. */
  readonly account: string | null;
}

const LIBRARY = { name: 'bulwark-browser', version: '1' };

/** The call for an event. `messageId` identifies it, however often it is sent. */
export function trackCall(
  { event, properties }: TelemetryEvent,
  { anonymousId, account }: Sender,
  { messageId, at }: { readonly messageId: string; readonly at: Date },
): TrackCall {
  return {
    type: 'track',
    event,
    anonymousId,
    ...(account === null ? {} : { userId: account }),
    context: { library: LIBRARY, ...(account === null ? {} : { groupId: account }) },
    messageId,
    timestamp: at.toISOString(),
    properties,
  };
}

const stored = v.array(v.looseObject({ type: v.literal('track'), messageId: v.string() }));

/** The calls that were stored; none if something else is. */
export function storedCalls(value: unknown): readonly TrackCall[] {
  return v.is(stored, value) ? (value as unknown as readonly TrackCall[]) : [];
}

/** Bytes of a batch: browsers refuse larger bodies while a page closes. */
const MAX_BODY = 60_000;

/** How many of the first calls fit into one batch; at least one. */
export function batchSize(calls: readonly TrackCall[]): number {
  let bytes = 0;
  const firstTooMany = calls.findIndex((call) => {
    bytes += JSON.stringify(call).length * 3; // No character takes more bytes.
    return bytes > MAX_BODY;
  });
  return firstTooMany < 0 ? calls.length : Math.max(firstTooMany, 1);
}
