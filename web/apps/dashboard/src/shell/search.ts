/** What a page reads from its address: known names with valid values. Anything else is dropped, and said. */

/** Reads one value; undefined if it is not valid. */
export type ReadValue<Value> = (text: string) => Value | undefined;

export type SearchSpec<Search extends object> = {
  readonly [Name in keyof Search]-?: ReadValue<NonNullable<Search[Name]>>;
};

/** What some page reads. */
export type AnySpec = Readonly<Record<string, ReadValue<unknown>>>;

/** The valid values of the address. */
export function readSearch<Search extends object>(
  spec: SearchSpec<Search>,
  raw: Readonly<Record<string, unknown>>,
): Search {
  const read = Object.entries<ReadValue<unknown>>(spec).flatMap(([name, readValue]) => {
    const value = valueOf(raw[name], readValue);
    return value === undefined ? [] : [[name, value]];
  });
  return Object.fromEntries(read) as Search;
}

/** The names in the address that the page does not know, or whose values it cannot use. */
export function droppedNames(spec: AnySpec, raw: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.keys(raw).filter((name) => {
    const reader = spec[name];
    return reader === undefined || valueOf(raw[name], reader) === undefined;
  });
}

function valueOf<Value>(raw: unknown, read: ReadValue<Value>): Value | undefined {
  if (typeof raw === 'number') return read(String(raw));
  return typeof raw === 'string' && raw !== '' ? read(raw) : undefined;
}

const LONGEST_TEXT = 200;

export const readText: ReadValue<string> = (text) => (text.length <= LONGEST_TEXT ? text : undefined);

export function readChoice<const Id extends string>(choices: readonly Id[]): ReadValue<Id> {
  return (text) => choices.find((choice) => choice === text);
}

/** Before this nobody had subscribed to anything that is here, and the API knows the days that lead up to it. */
export const FIRST_DAY = '1970-01-01';
const LAST_DAY = '2199-12-31';

/** A UTC day that exists, of years that the API knows. */
export const readDay: ReadValue<string> = (text) => {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || text < FIRST_DAY || text > LAST_DAY) return undefined;
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.valueOf()) && day.toISOString().startsWith(text) ? text : undefined;
};

/** An amount of money as the API takes it. */
export const readAmount: ReadValue<string> = (text) =>
  /^\d{1,12}(\.\d{1,4})?$/.test(text) ? text : undefined;
