import type { WebsiteItem } from '@keepwell/api';

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

const kinds: Readonly<Record<string, string>> = {
  'website.status': 'state',
  'website.title': 'title',
  'website.technologies': 'technologies',
  'website.pricing': 'prices',
  'website.hiring': 'hiring',
  'website.mentions': 'mentions',
};

export const websites = {
  failure: (outcome: string | null, status: number | null) =>
    failures[outcome ?? ''] ?? (status === null ? 'no answer' : `answers ${status}`),
  kind: (name: string) => kinds[name] ?? name,
  /** On the timeline. */
  signals: {
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
    before: (what: string) => `before: ${what}`,
    nothing: 'nothing',
  },
  states: {
    alive: 'Alive',
    moved: 'Moved',
    dead: 'Dead',
    unknown: 'Unknown',
    nonsense: 'No address',
    unread: 'Not read yet',
  } satisfies Record<NonNullable<WebsiteItem['state']> | 'nonsense' | 'unread', string>,
};
