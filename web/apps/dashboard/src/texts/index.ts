/** The words of the pages in the reader's language. */

import type * as en from './en';

/** What another language has to say: `const de: Texts = {…}` fails the type check where something is missing. */
export type Texts = Worded<typeof en>;

/** The same shape with any words: literal strings become `string`, and functions keep their parameters. */
type Worded<Value> = Value extends string
  ? string
  : Value extends (...parameters: infer Parameters) => infer Result
    ? (...parameters: Parameters) => Worded<Result>
    : { readonly [Name in keyof Value]: Worded<Value[Name]> };

/** There is one language so far. The bundler gives each page its own words only, as long as they are read as `texts.page`. */
export * as texts from './en';
