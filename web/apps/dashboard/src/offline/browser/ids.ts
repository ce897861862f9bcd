const HEX = 16;
const TIMESTAMP_DIGITS = 12;

/**
 * A new UUID (version 7) made by this browser, for what it creates and for Idempotency-Keys. Not by `randomUUID`,
 * which browsers offer only over HTTPS.
 */
export function newId(now: number = Date.now()): string {
  const random = Array.from(crypto.getRandomValues(new Uint8Array(10)), (byte) =>
    byte.toString(HEX).padStart(2, '0'),
  ).join('');
  const time = now.toString(HEX).padStart(TIMESTAMP_DIGITS, '0');
  const variant = (8 + (Number.parseInt(random.slice(3, 4), HEX) % 4)).toString(HEX);
  return [
    time.slice(0, 8),
    time.slice(8),
    `7${random.slice(0, 3)}`,
    `${variant}${random.slice(4, 7)}`,
    random.slice(7, 19),
  ].join('-');
}
