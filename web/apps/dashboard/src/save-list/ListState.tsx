import type { ChurnKind, ChurnModel, Decimal } from '@keepwell/api';
import { EmptyState, Icon, IntervalDots, type Interval } from '@keepwell/ui';
import { Link } from '@tanstack/react-router';

import { pairsRight, type PairsRight } from '../risk/pairs-right';
import { useCommandSuffix } from '../shell/command-line';
import { texts } from '../texts';

const { noModel, noSignal } = texts.saveList;

/** Before the first training. */
export function NoModel({ kind }: { readonly kind: ChurnKind | undefined }) {
  const suffix = useCommandSuffix();
  return (
    <EmptyState
      title={noModel.title}
      command={`./keepwell churn train${suffix}`}
      action={
        kind === 'voluntary' ? undefined : (
          <Link to="/" className="link">
            {noModel.payments}
          </Link>
        )
      }
    >
      {noModel.detail}
    </EmptyState>
  );
}

/** The honest no: what the test said, and what would help. */
export function NoSignal({
  model,
  signal,
}: {
  readonly model: ChurnModel;
  readonly signal: Exclude<ChurnModel['signal'], 'found'>;
}) {
  const title = texts.listLabels[model.label.name].noSignal[signal];
  const pairs = pairsRight(model);
  return (
    <section className="save-list-empty state" aria-label={title}>
      <Icon name="pulse" />
      <h2 className="state-title">{title}</h2>
      <p className="state-text">{model.statement}</p>
      <p className="state-text">{texts.listLabels.order[model.label.money]}</p>
      {pairs === null ? null : (
        <IntervalDots
          label={noSignal.coin}
          heads={[null, noSignal.coin]}
          intervals={[intervalOf(pairs)]}
          noEffect={50}
          noEffectLabel={noSignal.coinMark}
        />
      )}
      {signal === 'suspect' ? null : <p className="state-text">{noSignal.help}</p>}
      <div className="controls">
        {signal === 'suspect' ? null : (
          <Link to="/data" className="button button-primary">
            {noSignal.connect}
          </Link>
        )}
        <Link
          to="/save-list"
          search={(search) => ({ ...search, sheet: 'model' })}
          className="button button-secondary"
        >
          {texts.saveList.howTested}
        </Link>
      </div>
    </section>
  );
}

function intervalOf({ right, low, high }: PairsRight): Interval {
  const exact = (count: string) => count as Decimal;
  return {
    id: 'pairs',
    label: noSignal.ours,
    value: exact(right),
    low: exact(low),
    high: exact(high),
    text: noSignal.coinText(right, low, high),
  };
}
