import type { TimelineItem } from '@keepwell/api';
import { formatMoment } from '@keepwell/ui';

import { texts } from '../../texts';
import { joined, spokenCode } from '../facts/words';
import type { Sentence } from './sentence-parts';

type Signal = NonNullable<TimelineItem['signal']>;

const { failure, signals } = texts.websites;

/** What a crawl has seen of the website; any other signal by its name. */
export function signalSentence({ name, value, known_at }: Signal): Sentence {
  const seen = isSeen(value) ? websiteSentence(name, value) : undefined;
  return {
    icon: 'info',
    what: texts.timeline.signal(spokenCode(name)),
    rest: shown(value),
    sub: texts.timeline.knownSince(formatMoment(known_at)),
    ...seen,
  };
}

interface Seen {
  readonly now: unknown;
  readonly before: unknown;
}

function isSeen(value: unknown): value is Seen {
  return typeof value === 'object' && value !== null && 'now' in value && 'before' in value;
}

function websiteSentence(name: string, { now, before }: Seen): Partial<Sentence> | undefined {
  const sub = before === null ? {} : { sub: signals.before(shown(before)) };
  switch (name) {
    case 'website.status':
      return statusSentence(now, before);
    case 'website.title':
      return { what: signals.title, rest: shown(now), ...sub };
    case 'website.technologies':
      return { what: signals.technologies, rest: shown(now), ...sub };
    case 'website.pricing':
      return { what: before === null ? signals.pricing : signals.pricingChanged, rest: shown(now), ...sub };
    case 'website.hiring':
      return { what: now === true ? signals.hiring : signals.noHiring, rest: undefined };
    case 'website.mentions':
      return { what: signals.mentions, rest: shown(now), ...sub };
    default:
      return undefined;
  }
}

interface Status {
  readonly state?: unknown;
  readonly to?: unknown;
  readonly outcome?: unknown;
  readonly status?: unknown;
}

function statusSentence(now: unknown, before: unknown): Partial<Sentence> | undefined {
  const { state, to, outcome, status } = now as Status;
  if (state === 'moved') return { what: signals.moved, rest: shown(to) };
  if (state === 'dead') {
    const why = failure(
      typeof outcome === 'string' ? outcome : null,
      typeof status === 'number' ? status : null,
    );
    return { tone: 'bad', isStrong: true, what: signals.dead, rest: why };
  }
  return { what: before === null ? signals.alive : signals.aliveAgain, rest: undefined };
}

function shown(value: unknown): string {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) return JSON.stringify(value);
  return joined(value.map(String)) ?? signals.nothing;
}
