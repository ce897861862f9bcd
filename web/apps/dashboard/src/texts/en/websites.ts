import type { WebsiteItem } from '@keepwell/api';

import { counted } from './grammar/counted';

/** How a website fails, by what came of its first page. */
const failures: Readonly<Record<string, string>> = {
  no_such_host: 'there is no such host',
  not_asked: 'we could not ask: the name server does not answer, or there is no network',
  unreachable: 'no connection',
  bad_certificate: 'its certificate is not valid',
  broken: 'the answer is broken',
  too_slow: 'the answer takes too long',
  too_large: 'the page is too large',
  redirect_loop: 'it leads back to itself',
  bad_redirect: 'it leads nowhere',
  throttled: 'it asked to be left in peace',
  forbidden_by_robots: 'robots.txt forbids it',
  robots_unreachable: 'its robots.txt cannot be read',
  address_refused: 'not reachable from outside',
};

const facts: Readonly<Record<string, string>> = {
  status: 'state',
  title: 'title',
  technologies: 'technologies',
  pricing: 'prices',
  hiring: 'hiring',
  mentions: 'mentions',
  reviews: 'reviews',
};

export const websites = {
  failure: (outcome: string | null, status: number | null) =>
    failures[outcome ?? ''] ?? (status === null ? 'no answer' : `answers ${status}`),
  /** A kind of signal, such as `website.status`, or `webpage.status` of a page that is not the own website. */
  kind: (name: string) => facts[name.slice(name.indexOf('.') + 1)] ?? name,
  /** On the timeline. */
  signals: {
    before: (what: string) => `before: ${what}`,
    nothing: 'nothing',
    rating: (rating: string, best: string | null, count: string | null) =>
      [best === null ? rating : `${rating} of ${best}`, count === null ? null : counted(count, 'review')]
        .filter((part) => part !== null)
        .join(', '),
  },
  ownSignals: {
    alive: 'Website is there',
    aliveAgain: 'Website is there again',
    dead: 'Website is gone',
    moved: 'Website moved',
    title: 'Title of the website',
    technologies: 'Technologies of the website',
    pricing: 'Prices on the website',
    pricingChanged: 'Prices changed on the website',
    hiring: 'Hiring, says the website',
    noHiring: 'No longer hiring, says the website',
    mentions: 'Mentioned on the website',
    reviews: 'Rating on the website',
  },
  pageSignals: {
    alive: 'Page is there',
    aliveAgain: 'Page is there again',
    dead: 'Page is gone',
    moved: 'Page moved',
    title: 'Title of a page',
    technologies: 'Technologies of a page',
    pricing: 'Prices on a page',
    pricingChanged: 'Prices changed on a page',
    hiring: 'Hiring, says a page',
    noHiring: 'No longer hiring, says a page',
    mentions: 'Mentioned on a page',
    reviews: 'Rating on a page',
  },
  states: {
    alive: 'Alive',
    moved: 'Moved',
    dead: 'Dead',
    unknown: 'Unknown',
    nonsense: 'No address',
    unread: 'Not read yet',
    left_out: 'Left out',
  } satisfies Record<NonNullable<WebsiteItem['state']> | 'nonsense' | 'unread' | 'left_out', string>,
};
