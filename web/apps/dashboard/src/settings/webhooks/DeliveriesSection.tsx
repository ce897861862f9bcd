import { ApiError, replayWebhookDelivery, send, type DeliveryItem } from '@keepwell/api';
import {
  Button,
  EmptyState,
  FilterChip,
  formatCount,
  formatRecentMoment,
  Section,
  Table,
  Tag,
  type Column,
  type TagTone,
} from '@keepwell/ui';
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';

import { rowsOf } from '../../queries/pages';
import { deliveriesQuery, endpointsQuery } from '../../queries/settings/webhooks';
import { LoadedRows } from '../../shell/LoadedRows';
import { notices } from '../../shell/notices/notices';
import { RowsLoading } from '../../shell/RowsLoading';
import { useSearchOf } from '../../shell/use-search-of';
import { texts } from '../../texts';
import { deliveriesSearch, DELIVERY_STATUSES, filterOf, type DeliveriesSearch } from './search';

const route = getRouteApi('/settings/webhooks');
const { deliveries: words, endpoints } = texts.settings.webhooks;

const TONES: Record<DeliveryItem['status'], TagTone> = {
  due: 'neutral',
  delivered: 'positive',
  failed: 'negative',
};

/** What was sent, where to, and whether it arrived. */
export function DeliveriesSection() {
  const search = useSearchOf(deliveriesSearch);
  const navigate = route.useNavigate();
  const query = useInfiniteQuery(deliveriesQuery(filterOf(search)));
  const urls = useUrls();
  const show = (changed: DeliveriesSearch) => {
    void navigate({ search: { ...search, ...changed }, replace: true, resetScroll: false });
  };
  const isFiltered = search.to !== undefined || search.status !== undefined;
  const clear = (
    <Button
      onPress={() => {
        show({ to: undefined, status: undefined });
      }}
    >
      {words.clear}
    </Button>
  );
  return (
    <Section title={words.title}>
      <Filters search={search} urls={urls} onChange={show} />
      <div aria-busy={query.isPlaceholderData}>
        <LoadedRows
          query={query}
          loading={<RowsLoading label={words.loading} />}
          empty={
            <EmptyState
              title={isFiltered ? words.noneMatch : words.none}
              action={isFiltered ? clear : undefined}
            />
          }
          isCounted
        >
          {(rows) => (
            <Table
              label={words.label}
              columns={columnsOf(urls)}
              rows={rows}
              rowKey={({ id }) => id}
              narrow="cards"
              density="two-lines"
            />
          )}
        </LoadedRows>
      </div>
    </Section>
  );
}

/** The addresses of the endpoints, by id. */
function useUrls(): ReadonlyMap<string, string> {
  const { data } = useInfiniteQuery(endpointsQuery());
  return new Map(data === undefined ? [] : rowsOf(data).map(({ id, url }) => [id, url]));
}

interface FiltersProps {
  readonly search: DeliveriesSearch;
  readonly urls: ReadonlyMap<string, string>;
  readonly onChange: (changed: DeliveriesSearch) => void;
}

function Filters({ search, urls, onChange }: FiltersProps) {
  const known = [...urls].map(([id, label]) => ({ id, label }));
  const gone =
    search.to !== undefined && !urls.has(search.to) ? [{ id: search.to, label: words.removedEndpoint }] : [];
  return (
    <div className="controls settings-filters">
      <FilterChip
        label={words.endpoint}
        neutral="any"
        value={search.to ?? 'any'}
        choices={[{ id: 'any', label: words.anyEndpoint }, ...known, ...gone]}
        onChange={(to) => {
          onChange({ to: to === 'any' ? undefined : to });
        }}
      />
      <FilterChip
        label={words.status}
        neutral="any"
        value={search.status ?? 'any'}
        choices={[
          { id: 'any', label: words.any },
          ...DELIVERY_STATUSES.map((id) => ({ id, label: words.statuses[id] })),
        ]}
        onChange={(status) => {
          onChange({ status: status === 'any' ? undefined : status });
        }}
      />
    </div>
  );
}

function columnsOf(urls: ReadonlyMap<string, string>): readonly Column<DeliveryItem>[] {
  return [
    {
      id: 'event',
      header: words.columns.event,
      rowHeader: true,
      place: 'name',
      cell: ({ event, last_error }) => (
        <>
          {event}
          {last_error === null ? null : <bdi className="cell-sub clamp">{last_error}</bdi>}
        </>
      ),
    },
    {
      id: 'to',
      header: words.columns.to,
      isSpare: true,
      cell: ({ endpoint_id }) => (
        <bdi className="clamp">{urls.get(endpoint_id) ?? words.removedEndpoint}</bdi>
      ),
    },
    {
      id: 'published',
      header: words.columns.published,
      place: 'text',
      cell: ({ published_at }) => <span className="settings-moment">{formatRecentMoment(published_at)}</span>,
    },
    {
      id: 'status',
      header: words.columns.status,
      place: 'amount',
      cell: (delivery) => <Outcome {...delivery} />,
    },
    {
      id: 'action',
      header: words.columns.action,
      isHeaderHidden: true,
      align: 'end',
      place: 'action',
      cell: (delivery) => <Replay {...delivery} />,
    },
  ];
}

function Outcome({ status, attempts, last_status_code }: DeliveryItem) {
  const tries = attempts === 1 ? words.oneAttempt : words.attempts(formatCount(attempts));
  return (
    <>
      <Tag tone={TONES[status]}>
        {words.statuses[status]}
        {last_status_code === null ? '' : ` ${last_status_code}`}
      </Tag>
      <span className="cell-sub">{attempts === 0 ? words.noAttempt : tries}</span>
    </>
  );
}

function Replay({ id, event, status }: DeliveryItem) {
  const client = useQueryClient();
  if (status === 'due') return null;
  const replay = async () => {
    try {
      await send(replayWebhookDelivery({ path: { webhook_delivery_id: id } }));
      notices.say(words.replayed);
    } catch (error) {
      if (error instanceof ApiError) notices.say(endpoints.failed(error.problem.detail));
    }
    await client.invalidateQueries({ queryKey: ['webhook-deliveries'] });
  };
  return (
    <Button size="small" aria-label={words.replayNamed(event)} onPress={() => void replay()}>
      {words.replay}
    </Button>
  );
}
