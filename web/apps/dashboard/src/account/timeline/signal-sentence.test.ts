import { expect, test } from 'vitest';

import { signalSentence } from './signal-sentence';

const known_at = '2026-11-30T06:00:00Z';
const sentence = (name: string, now: unknown, before: unknown = null) =>
  signalSentence({ name: `website.${name}`, value: { now, before }, known_at });

test('a website that is gone says how it fails, and one that is back says so', () => {
  const dead = { state: 'dead', outcome: 'client_error', status: 404 };
  expect(sentence('status', dead, { state: 'alive' })).toMatchObject({
    what: 'Website is gone',
    rest: 'answers 404',
    tone: 'bad',
  });
  expect(sentence('status', { ...dead, outcome: 'no_such_host', status: null }).rest).toBe(
    'there is no such host',
  );
  expect(sentence('status', { state: 'alive' }, dead).what).toBe('Website is there again');
});

test('prices that changed name those of before', () => {
  expect(sentence('pricing', ['$35'], ['$29', '$99'])).toMatchObject({
    what: 'Prices changed on the website',
    rest: '$35',
    sub: 'before: $29, $99',
  });
});

test('news of a page that is not the own website says which page, and what was known before', () => {
  const page = (fact: string, now: unknown, before: unknown) => {
    const value = { website: 'https://status.example/arcade', now, before };
    return signalSentence({ name: `webpage.${fact}`, value, known_at });
  };
  const dead = { state: 'dead', outcome: 'client_error', status: 404 };
  expect(page('status', dead, { state: 'alive' })).toMatchObject({
    what: 'Page is gone',
    rest: 'answers 404',
    sub: 'status.example/arcade',
  });
  expect(page('title', 'Down', 'All is well').sub).toBe('status.example/arcade, before: All is well');
});

test('a rating is out of what is best, with the count of reviews as far as it is known', () => {
  const now = { rating: 4.2, best: 5, count: 120 };
  expect(sentence('reviews', now, { rating: 4, best: null, count: null })).toMatchObject({
    what: 'Rating on the website',
    rest: '4.2 of 5, 120 reviews',
    sub: 'before: 4',
  });
});

test('a signal of another kind is shown as it is', () => {
  expect(signalSentence({ name: 'nps', value: 7, known_at })).toMatchObject({
    what: 'Signal nps',
    rest: '7',
  });
  expect(sentence('seo', 'good')).toMatchObject({ what: 'Signal website.seo' });
});
