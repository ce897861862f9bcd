import type { TimelineItem } from '@keepwell/api';
import { formatCount, formatMoment } from '@keepwell/ui';

import { texts } from '../../texts';
import { joined, spokenCode } from '../facts/words';
import type { Sentence } from './sentence-parts';

type Signal = NonNullable<TimelineItem['signal']>;

const { failure, signals, ownSignals, pageSignals } = texts.websites;

/** What a crawl has seen of a website; any other signal by its name. */
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
  /** Which page it is about, if not the account's own website. */
  readonly website?: unknown;
}

function isSeen(value: unknown): value is Seen {
  return typeof value === 'object' && value !== null && 'now' in value && 'before' in value;
}

function websiteSentence(name: string, seen: Seen): Partial<Sentence> | undefined {
  const { website } = seen;
  if (typeof website !== 'string') return factSentence(name, seen, ownSignals);
  const sentence = factSentence(name, seen, pageSignals);
  return sentence && { ...sentence, sub: joined([withoutScheme(website), sentence.sub]) ?? undefined };
}

/** Names as they are for the own website, and for another page; one that says nothing of a page is the signal's. */
type Words = typeof ownSignals | typeof pageSignals;

function factSentence(name: string, { now, before }: Seen, words: Words): Partial<Sentence> | undefined {
  const fact = name.slice(name.indexOf('.') + 1);
  const sub = before === null ? {} : { sub: signals.before(shown(before)) };
  switch (fact) {
    case 'status':
      return statusSentence(now, before, words);
    case 'pricing':
      return { what: before === null ? words.pricing : words.pricingChanged, rest: shown(now), ...sub };
    case 'hiring':
      return { what: now === true ? words.hiring : words.noHiring, rest: undefined };
    case 'reviews':
      return {
        what: words.reviews,
        rest: rating(now),
        ...(before === null ? {} : { sub: signals.before(rating(before)) }),
      };
    case 'title':
    case 'technologies':
    case 'mentions':
      return { what: words[fact], rest: shown(now), ...sub };
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

function statusSentence(now: unknown, before: unknown, words: Words): Partial<Sentence> {
  const { state, to, outcome, status } = now as Status;
  if (state === 'moved') return { what: words.moved, rest: shown(to) };
  if (state === 'dead') {
    const why = failure(
      typeof outcome === 'string' ? outcome : null,
      typeof status === 'number' ? status : null,
    );
    return { tone: 'bad', isStrong: true, what: words.dead, rest: why };
  }
  return { what: before === null ? words.alive : words.aliveAgain, rest: undefined };
}

interface Rating {
  readonly rating?: unknown;
  readonly best?: unknown;
  readonly count?: unknown;
}

function rating(value: unknown): string {
  const { rating, best, count } = value as Rating;
  if (typeof rating !== 'number') return shown(value);
  const stars = new Intl.NumberFormat(undefined, { maximumFractionDigits: 2 }).format(rating);
  return signals.rating(
    stars,
    typeof best === 'number' ? formatCount(best) : null,
    typeof count === 'number' ? formatCount(count) : null,
  );
}

function withoutScheme(website: string): string {
  return website.replace(/^https?:\/\//, '');
}

function shown(value: unknown): string {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) return JSON.stringify(value);
  return joined(value.map(String)) ?? signals.nothing;
}
