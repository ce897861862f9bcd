import type { EndpointItem } from '@keepwell/api';
import { EmptyState, formatCount, formatRecentMoment, Section, Table, Tag, type Column } from '@keepwell/ui';
import { useInfiniteQuery } from '@tanstack/react-query';

import { ConflictDialog } from '../../conflict/ConflictDialog';
import { FormProblem } from '../../forms/FormProblem';
import { endpointsQuery } from '../../queries/settings/webhooks';
import { LoadedRows } from '../../shell/LoadedRows';
import { useBusyRow } from '../../shell/notices/later';
import { RowsLoading } from '../../shell/RowsLoading';
import { texts } from '../../texts';
import { EndpointMenu } from './EndpointMenu';
import { useTurn } from './use-turn';
import type { ShownSecret } from './shown-secret';

const words = texts.settings.webhooks.endpoints;

export interface EndpointsSectionProps {
  readonly onSecret: (secret: ShownSecret) => void;
}

/** The addresses that receive changes. */
export function EndpointsSection({ onSecret }: EndpointsSectionProps) {
  const query = useInfiniteQuery(endpointsQuery());
  const rowClass = useBusyRow();
  const turn = useTurn();
  const { conflict } = turn;
  return (
    <Section title={words.title}>
      <FormProblem error={turn.state === 'refused' ? turn.error : null} />
      <LoadedRows
        query={query}
        loading={<RowsLoading label={words.loading} rows={2} />}
        empty={
          <EmptyState title={words.none} icon="link">
            {words.noneHint}
          </EmptyState>
        }
      >
        {(rows) => (
          <Table
            label={words.label}
            columns={columnsOf({ onSecret, onTurn: turn.turn })}
            rows={rows}
            rowKey={({ id }) => id}
            rowClass={rowClass}
            narrow="cards"
            density="two-lines"
          />
        )}
      </LoadedRows>
      {conflict === null ? null : (
        <ConflictDialog
          what={words.what(conflict.mine.endpoint.url)}
          mine={{ disabled_at: conflict.mine.isOn ? null : 'off' }}
          theirs={conflict.theirs?.value ?? null}
          fields={[
            {
              name: 'disabled_at',
              label: words.fields.is_enabled,
              show: (at) => (at === null ? words.yes : words.no),
            },
          ]}
          onKeepMine={turn.keepMine}
          onTakeTheirs={turn.reset}
          onLater={turn.reset}
        />
      )}
    </Section>
  );
}

interface ColumnParts extends EndpointsSectionProps {
  readonly onTurn: (endpoint: EndpointItem, isOn: boolean) => void;
}

function columnsOf({ onSecret, onTurn }: ColumnParts): readonly Column<EndpointItem>[] {
  return [
    {
      id: 'url',
      header: words.columns.url,
      rowHeader: true,
      place: 'name',
      cell: ({ url, description }) => (
        <>
          <bdi className="clamp">{url}</bdi>
          <bdi className="cell-sub clamp">{description}</bdi>
        </>
      ),
    },
    {
      id: 'events',
      header: words.columns.events,
      place: 'text',
      cell: ({ events }) => (events.length === 0 ? words.all : words.some(formatCount(events.length))),
    },
    {
      id: 'state',
      header: words.columns.state,
      place: 'amount',
      cell: (endpoint) => <StateTag {...endpoint} />,
    },
    {
      id: 'actions',
      header: words.columns.actions,
      isHeaderHidden: true,
      align: 'end',
      place: 'action',
      cell: (endpoint) => <EndpointMenu endpoint={endpoint} onSecret={onSecret} onTurn={onTurn} />,
    },
  ];
}

function StateTag({ disabled_at, disabled_because, failing_since }: EndpointItem) {
  if (disabled_at !== null)
    return (
      <Tag tone={disabled_because === 'asked' ? 'neutral' : 'negative'}>
        {words.off[disabled_because ?? 'asked']}
      </Tag>
    );
  if (failing_since !== null)
    return <Tag tone="warning">{words.failing(formatRecentMoment(failing_since))}</Tag>;
  return <Tag tone="positive">{words.on}</Tag>;
}
