import type { ChurnReportInterval, ModelReport, ModelWithReport, RungResult } from '@keepwell/api';
import {
  ChartSection,
  Command,
  IntervalDots,
  Section,
  Table,
  Tag,
  type Column,
  type Interval,
} from '@keepwell/ui';

import { trainCommand } from '../risk/train-command';
import { useCommandSuffix } from '../shell/command-line';
import { texts } from '../texts';
import { decimalOf } from './report/curves';
import { of100, score } from './report/model-text';
import { SectionNote } from './report/SectionNote';

const words = texts.models.ladder;

interface LadderSectionProps {
  readonly model: Pick<ModelWithReport, 'label' | 'horizon_days'>;
  readonly report: ModelReport;
}

/** The kinds of models that were compared, and why one of them serves. */
export function LadderSection({ model, report: { rungs, why } }: LadderSectionProps) {
  const fitted = rungs.filter(({ not_fitted: reason }) => reason === null);
  const table = (
    <Table label={words.table} columns={COLUMNS} rows={rungs} rowKey={({ name }) => name} narrow="pinned" />
  );
  const note = <SectionNote definition="ladder" />;
  if (fitted.length < 2) {
    return (
      <Section title={words.title} note={note}>
        {table}
        <Why rungs={rungs} why={why} />
        <Compare model={model} />
      </Section>
    );
  }
  const dots = (
    <IntervalDots
      label={words.label}
      heads={[words.columns.kind, words.columns.behind]}
      intervals={fitted.map(intervalOf)}
      noEffectLabel={words.best}
    />
  );
  return (
    <div>
      <ChartSection title={words.title} note={note} chart={dots} table={table} />
      <Why rungs={rungs} why={why} />
    </div>
  );
}

/** The report's own sentence, and what keeps other kinds from being compared. */
function Why({ rungs, why }: Pick<ModelReport, 'rungs' | 'why'>) {
  return (
    <>
      <p className="models-say">{why}</p>
      {rungs.map(({ name, not_fitted: reason }) =>
        reason === null ? null : (
          <p key={name} className="models-say">
            {words.why(texts.models.rungs[name], reason)}
          </p>
        ),
      )}
    </>
  );
}

function Compare({ model }: Pick<LadderSectionProps, 'model'>) {
  const suffix = useCommandSuffix();
  return (
    <p className="models-say">
      {words.compare} <Command>{trainCommand(model.label, model.horizon_days, suffix)}</Command>
    </p>
  );
}

function behindText({ value, low, high }: ChurnReportInterval): string {
  // The best is not behind itself.
  if (value === 0 && low === 0 && high === 0) return words.best;
  const format = score(4);
  return words.behind(format(value), format(low), format(high));
}

function markOf({ is_chosen: isChosen, is_tied: isTied }: RungResult): string | null {
  if (isChosen) return words.chosen;
  return isTied ? words.tied : null;
}

function intervalOf(rung: RungResult): Interval {
  const { name, behind } = rung;
  const mark = markOf(rung);
  const label = texts.models.rungs[name];
  return {
    id: name,
    label: mark === null ? label : `${label}, ${mark}`,
    value: behind && decimalOf(behind.value),
    low: behind && decimalOf(behind.low),
    high: behind && decimalOf(behind.high),
    text: behind === null ? texts.common.unknown : behindText(behind),
  };
}

function known(value: number | null, format: (value: number) => string): string | null {
  return value === null ? null : format(value);
}

function scoreColumn(
  id: 'loss' | 'behind' | 'pairs' | 'brier' | 'calibration',
  textOf: (rung: RungResult) => string | null,
): Column<RungResult> {
  return {
    id,
    header: words.columns[id],
    align: 'end',
    cell: (rung) =>
      rung.not_fitted === null ? (textOf(rung) ?? texts.common.unknown) : <span className="muted">–</span>,
  };
}

const COLUMNS: readonly Column<RungResult>[] = [
  {
    id: 'kind',
    header: words.columns.kind,
    rowHeader: true,
    cell: (rung) => {
      const mark = rung.not_fitted === null ? markOf(rung) : words.notFitted;
      return (
        <span className="models-kind">
          {texts.models.rungs[rung.name]}
          {mark === null ? null : <Tag tone={rung.is_chosen ? 'positive' : 'neutral'}>{mark}</Tag>}
        </span>
      );
    },
  },
  scoreColumn('loss', ({ log_loss: loss }) => known(loss, score(4))),
  scoreColumn('behind', ({ behind }) => behind && behindText(behind)),
  scoreColumn('pairs', ({ roc_auc: auc }) => known(auc, of100)),
  scoreColumn('brier', ({ brier }) => known(brier, score(4))),
  scoreColumn('calibration', ({ calibration }) => calibration && words.calibrations[calibration]),
];
