import type { TelemetryEvent } from '../core/protocol';

/** Segment's `track` call, as `POST /v1/batch` takes it. */
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
  /** The account that the player plays as; null for none. */
  readonly account: string | null;
}

const LIBRARY = { name: 'bulwark-browser', version: '1' };

/** The call of an event; `messageId` names it for good, however often it is sent. */
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

/** Of `POST /v1/batch`; a browser that is closing lets no larger body go out. */
const LARGEST_BODY = 60_000;

/** How many of the first calls fit into one body. */
export function batchSize(calls: readonly TrackCall[]): number {
  let bytes = 0;
  const past = calls.findIndex((call) => {
    bytes += JSON.stringify(call).length * 3; // No character has more bytes.
    return bytes > LARGEST_BODY;
  });
  return past < 0 ? calls.length : Math.max(past, 1);
}
