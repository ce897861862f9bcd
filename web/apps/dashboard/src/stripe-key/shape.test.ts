import { expect, test } from 'vitest';

import { isSigningSecret, isStripeKey, trimmed } from './shape';

test('keys of both kinds and modes are keys, also with the spaces that come along', () => {
  for (const key of ['rk_live_abcd', 'rk_test_abcd', 'sk_live_abcd', ' sk_test_abcd\n']) {
    expect(isStripeKey(key)).toBe(true);
  }
  expect(trimmed(' rk_live_abcd\n')).toBe('rk_live_abcd');
});

test('a publishable key, a secret of a webhook and nothing are no keys', () => {
  for (const key of ['pk_live_abcd', 'whsec_abcdefgh', '', 'rk_live_']) expect(isStripeKey(key)).toBe(false);
});

test('a signing secret may be left out', () => {
  expect(isSigningSecret('')).toBe(true);
  expect(isSigningSecret('whsec_abcdefgh')).toBe(true);
  expect(isSigningSecret('abcdefgh')).toBe(false);
});
