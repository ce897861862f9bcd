import { negate, type AccountGroup, type TodayChange, type Decimal, type Today } from '@keepwell/api';
import { formatCount, formatDay, formatMoneyChange, Section } from '@keepwell/ui';
import { Link } from '@tanstack/react-router';
import { Fragment } from 'react';

import { texts } from '../texts';
import { SourceNews } from './SourceNews';

const words = texts.today;

/** What has happened since yesterday; what has not happened is left out. */
export function News({ today: { changes, since, currency } }: { readonly today: Today }) {
  const happened = changes.flatMap(({ kind, group }) =>
    group === null || group.count === 0 ? [] : [{ kind, group }],
  );
  return (
    <Section title={words.news} note={formatDay(since)}>
      <ul className="news">
        {happened.length === 0 ? <li className="muted">{words.nothingNew}</li> : null}
        {happened.map(({ kind, group }) => (
          <Item key={kind} kind={kind} group={group} currency={currency} />
        ))}
        <SourceNews />
      </ul>
    </Section>
  );
}

interface ItemProps {
  readonly kind: TodayChange['kind'];
  readonly group: AccountGroup;
  readonly currency: string;
}

function Item({ kind, group, currency }: ItemProps) {
  const { one, many, unit } = words.changes[kind];
  const tone = GOOD.has(kind) ? 'good' : 'bad';
  return (
    <li>
      <span className="strong">
        {formatCount(group.count)} {group.count === 1 ? one : many}
      </span>
      <span className={`number ${tone}`}>
        {group.amount === null
          ? texts.common.unknown
          : formatMoneyChange(signed(kind, group.amount), currency)}
      </span>
      <span className="small">
        <Names group={group} />
      </span>
      <span className="small number">{unit}</span>
    </li>
  );
}

const GOOD = new Set<TodayChange['kind']>([
  'back_in_use',
  'payments_recovered',
  'customers_new',
  'customers_back',
]);
/** Their amounts are what is lost or not paid, as a positive number. */
const LOSSES = new Set<TodayChange['kind']>(['payments_failed']);

function signed(kind: TodayChange['kind'], amount: Decimal): Decimal {
  return LOSSES.has(kind) ? negate(amount) : amount;
}

function Names({ group: { first, count } }: { readonly group: AccountGroup }) {
  const others = count - first.length;
  return (
    <>
      {first.map(({ id, name }, index) => (
        <Fragment key={id}>
          {index === 0 ? null : ', '}
          <Link to="/accounts/$accountId" params={{ accountId: id }}>
            <bdi>{name}</bdi>
          </Link>
        </Fragment>
      ))}
      {others > 0 ? `, ${words.more(formatCount(others))}` : null}
    </>
  );
}
