import { formatDay } from '@keepwell/ui';

import { texts } from '../../texts';

/** A code of a gateway as words: "insufficient_funds" is "insufficient funds". */
export function spokenCode(code: string): string {
  return code.replaceAll('_', ' ');
}

interface CardParts {
  readonly brand: string | null;
  readonly last4: string | null;
}

/** A card by what is printed on it, such as "Visa ending 5089"; null if nothing of it is known. */
export function cardText({ brand, last4 }: CardParts): string | null {
  const name = brand === null ? null : capitalized(spokenCode(brand));
  if (last4 === null) return name;
  const { ending, someCard } = texts.account.contact;
  return ending(name ?? someCard, last4);
}

/** The parts that are there, with commas between. */
export function joined(parts: readonly (string | null | undefined)[], between = ', '): string | undefined {
  const present = parts.filter((part) => part !== null && part !== undefined && part !== '');
  return present.length === 0 ? undefined : present.join(between);
}

/** A sentence about a day, if it is known. */
export function ofDay(day: string | null | undefined, write: (day: string) => string): string | undefined {
  return day === null || day === undefined ? undefined : write(formatDay(day));
}

function capitalized(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
