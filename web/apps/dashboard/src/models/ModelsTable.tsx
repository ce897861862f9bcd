import type { TrainedModel } from '@keepwell/api';
import { formatDay, formatMoment, Money, Table, Tag, type Column, type TagTone } from '@keepwell/ui';
import { Link } from '@tanstack/react-router';

import { useSession } from '../shell/session';
import { texts } from '../texts';
import { departuresText, kindOf, pairsText } from './report/model-text';

const words = texts.models;

const TONES: Record<TrainedModel['signal'], TagTone> = {
  found: 'positive',
  not_found: 'neutral',
  not_tested: 'neutral',
  suspect: 'warning',
};

export function SignalTag({ signal }: Pick<TrainedModel, 'signal'>) {
  return <Tag tone={TONES[signal]}>{words.signals[signal]}</Tag>;
}

export function ModelsTable({ rows }: { readonly rows: readonly TrainedModel[] }) {
  const { workspace } = useSession();
  return (
    <Table
      label={words.title}
      columns={columnsOf(rows[0]?.version, workspace.currency)}
      rows={rows}
      rowKey={({ version }) => String(version)}
      narrow="cards"
      density="two-lines"
    />
  );
}

/** The newest model made the list that people work with. */
function columnsOf(newest: number | undefined, currency: string): readonly Column<TrainedModel>[] {
  return [
    {
      id: 'model',
      header: words.columns.model,
      rowHeader: true,
      place: 'name',
      cell: ({ version }) => (
        <>
          <Link to="/models/$version" params={{ version: String(version) }}>
            {words.one(String(version))}
          </Link>
          {version === newest ? <span className="cell-sub">{words.newest}</span> : null}
        </>
      ),
    },
    {
      id: 'trained',
      header: words.columns.trained,
      place: 'text',
      cell: ({ trained_at, version }) => (
        <>
          {formatMoment(trained_at)}
          {version === newest ? <span className="card-label"> · {words.newest}</span> : null}
        </>
      ),
    },
    { id: 'list-of', header: words.columns.listOf, isSpare: true, cell: ({ as_of }) => formatDay(as_of) },
    { id: 'kind', header: words.columns.rung, place: 'text', cell: kindOf },
    {
      id: 'signal',
      header: words.columns.signal,
      place: 'amount',
      cell: (model) => <SignalTag {...model} />,
    },
    {
      id: 'ranking',
      header: words.columns.ranking,
      align: 'end',
      place: 'text',
      cell: ({ evaluation }) => pairsText(evaluation),
    },
    {
      id: 'calibration',
      header: words.columns.calibration,
      align: 'end',
      isSpare: true,
      cell: ({ evaluation }) => departuresText(evaluation),
    },
    {
      id: 'at-risk',
      header: words.columns.atRisk,
      align: 'end',
      place: 'text',
      cell: ({ revenue_at_risk: amount }) => <AtRisk {...{ amount, currency }} />,
    },
  ];
}

function AtRisk({
  amount,
  currency,
}: {
  readonly amount: TrainedModel['revenue_at_risk'];
  readonly currency: string;
}) {
  return (
    <>
      <span className="card-label">{words.columns.atRisk}: </span>
      {amount === null ? texts.common.unknown : <Money amount={amount} currency={currency} />}
    </>
  );
}
