const KEY = /^(sk|rk)_(test|live)_[A-Za-z0-9_]{4,250}$/;
const SECRET = /^whsec_[A-Za-z0-9+/=]{8,250}$/;

/** What was typed, without the spaces that come along when a key is copied. */
export function trimmed(text: string): string {
  return text.trim();
}

export function isStripeKey(text: string): boolean {
  return KEY.test(trimmed(text));
}

/** Nothing is right too: the secret can be given later. */
export function isSigningSecret(text: string): boolean {
  return trimmed(text) === '' || SECRET.test(trimmed(text));
}
