import { Fragment, type ReactNode } from 'react';

/** A name and its value; a value that is absent leaves its line out. */
export type Fact = readonly [name: string, value: ReactNode];

/** Names and their values, one pair on each line. */
export function Facts({ facts }: { readonly facts: readonly Fact[] }) {
  return (
    <dl className="facts">
      {facts
        .filter(([, value]) => value !== null && value !== undefined)
        .map(([name, value]) => (
          <Fragment key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </Fragment>
        ))}
    </dl>
  );
}
