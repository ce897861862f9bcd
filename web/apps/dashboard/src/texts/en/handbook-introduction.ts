/** The texts of the API handbook's introduction; code is in backticks. */
export const introduction = {
  start: `./keepwell token create --name script --scope read --json
export URL=http://127.0.0.1:8765 TOKEN=kw_...
curl "$URL/v1/session" -H "Authorization: Bearer $TOKEN"`,
  conventions: [
    'Money is a decimal string, so that no digit is lost. Days are UTC days, written `2026-05-31`.',
    'Lists come in pages: follow `next`, or the `Link` header, until there is none. `fields` names the fields that you need.',
    'Send a new `Idempotency-Key` with each `POST`, and the same one with its retries: it takes effect once.',
    'A change of a record takes the `ETag` that you read, in `If-Match`. If somebody else was faster, the answer is 412.',
    'A parameter or field that is not described is refused, so that a typing error is not ignored.',
    'Each answer has an `X-Request-Id`, by which the log of the server is searched.',
  ],
  description: 'is the same description for programs.',
  limits: [
    '`requests`: 1,200 a minute for each token or member, unless the operator set another number. `RateLimit` says how many are left.',
    '`sign-in`: 20 a minute for each address, of all ways to sign in together.',
    'A password: 10 attempts in 15 minutes for each e-mail. A mailed link: 5 in 15 minutes.',
    '`none`: not counted.',
    'Beyond a limit the answer is 429, and `Retry-After` says after how many seconds the next is allowed.',
  ],
} as const;
