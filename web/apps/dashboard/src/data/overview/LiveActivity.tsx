import type { ActivityItem } from '@keepwell/api';
import { EmptyState, formatRecentMoment, Section } from '@keepwell/ui';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';

import { activityQuery } from '../../queries/data/activity';
import { eventKeys } from './event-keys';
import { Loaded } from '../../shell/Loaded';
import { RowsLoading } from '../../shell/RowsLoading';
import { useMay } from '../../shell/session';
import { texts } from '../../texts';

const words = texts.data.overview.live;

/** The newest events of all accounts, within seconds of their arrival. */
export function LiveActivity() {
  const activity = useQuery(activityQuery());
  return (
    <Section title={words.title} note={words.note} isRuled>
      <Loaded query={activity} loading={<RowsLoading label={words.loading} rows={8} />}>
        {({ items }) => (items.length === 0 ? <NoEvents /> : <Events items={items} />)}
      </Loaded>
    </Section>
  );
}

function Events({ items }: { readonly items: readonly ActivityItem[] }) {
  const keys = eventKeys(items);
  return (
    <ol className="data-events" tabIndex={0} aria-label={words.title}>
      {items.map((item, position) => (
        <li key={keys[position]}>
          <span className="data-event">
            <AccountName item={item} />
            <span className="small cut">{item.event}</span>
          </span>
          <time className="small" dateTime={item.at}>
            {formatRecentMoment(item.at)}
          </time>
        </li>
      ))}
    </ol>
  );
}

function AccountName({ item: { account_id, name, external_id } }: { readonly item: ActivityItem }) {
  const shown = <bdi>{name ?? external_id}</bdi>;
  if (account_id === null) return <span className="strong cut">{shown}</span>;
  return (
    <Link to="/accounts/$accountId" params={{ accountId: account_id }} className="strong cut">
      {shown}
    </Link>
  );
}

function NoEvents() {
  const mayCreate = useMay('tokens');
  const create = mayCreate ? (
    <Link to="/data/write-keys" className="button">
      {words.create}
    </Link>
  ) : undefined;
  return (
    <EmptyState title={words.none} icon="pulse" action={create}>
      {words.hint}
    </EmptyState>
  );
}
