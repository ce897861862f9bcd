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
      columns={columnsOf(workspace.currency)}
      rows={rows}
      rowKey={({ version }) => String(version)}
      narrow="cards"
      density="two-lines"
    />
  );
}

/** The champion makes the lists that people work with; of the retired, why is on their own page. */
function columnsOf(currency: string): readonly Column<TrainedModel>[] {
  return [
    {
      id: 'model',
      header: words.columns.model,
      rowHeader: true,
      place: 'name',
      cell: (model) => (
        <>
          <Link to="/models/$version" params={{ version: String(model.version) }}>
            {words.one(String(model.version))}
          </Link>
          <span className="cell-sub">{words.standings[model.standing]}</span>
        </>
      ),
    },
    {
      id: 'trained',
      header: words.columns.trained,
      place: 'text',
      cell: ({ trained_at, standing }) => (
        <>
          {formatMoment(trained_at)}
          <span className="card-label"> · {words.standings[standing]}</span>
        </>
      ),
    },
    { id: 'list-of', header: words.columns.listOf, isSpare: true, cell: ({ as_of }) => dayOfList(as_of) },
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
      cell: pairsText,
    },
    {
      id: 'calibration',
      header: words.columns.calibration,
      align: 'end',
      isSpare: true,
      cell: departuresText,
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

/** The day of a model's first list; a challenger has made none. */
export function dayOfList(day: string | null): string {
  return day === null ? words.noList : formatDay(day);
}

/** Since when and why a model makes the lists, is kept aside, or does neither. */
export function StandingSentence({ model }: { readonly model: TrainedModel }) {
  const { standing, standing_since: since, standing_why: why } = model;
  return (
    <p className="models-say">
      <strong>{words.standings[standing]}.</strong> {words.since(formatDay(since.slice(0, 10)), why)}
    </p>
  );
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
