import type { Figures, Population } from '@keepwell/api';
import { formatCount, formatScore, Section, Table, type Column } from '@keepwell/ui';

import { texts } from '../texts';
import { useJudged, type JudgedWords } from './report/judged';
import { of100, ranged, score } from './report/model-text';
import { POPULATIONS } from './report/search';
import { SectionNote } from './report/SectionNote';

const words = texts.models.populations;

interface PopulationsSectionProps {
  readonly populations: readonly Population[];
}

/** Whom a person works with first, the headline last: accounts with an open payment are easy to foresee. */
export function PopulationsSection({ populations }: PopulationsSectionProps) {
  const judged = useJudged().populations;
  const rows = POPULATIONS.flatMap((name) => populations.filter((each) => each.name === name));
  return (
    <Section title={words.title} note={<SectionNote definition="populations">{words.note}</SectionNote>}>
      <Table
        label={words.label}
        columns={columnsOf(judged)}
        rows={rows}
        rowKey={({ name }) => name}
        narrow="pinned"
        rowClass={({ name }) => (name === 'not_cancelled' ? 'models-headline' : undefined)}
      />
      {rows
        .filter(({ not_tested: why }) => why !== null)
        .map(({ name, not_tested: why }) => (
          <p key={name} className="models-say">
            {judged.tabs[name]}: {why}
          </p>
        ))}
    </Section>
  );
}

function figureColumn(id: string, header: string, textOf: (figures: Figures) => string): Column<Population> {
  return {
    id,
    header,
    align: 'end',
    cell: ({ figures }) =>
      figures === null ? <span className="muted">{words.tooFew}</span> : textOf(figures),
  };
}

function columnsOf({ who, columns }: JudgedWords['populations']): readonly Column<Population>[] {
  const { columns: own } = words;
  return [
    { id: 'who', header: own.who, rowHeader: true, cell: ({ name }) => who[name] },
    {
      id: 'size',
      header: columns.size,
      align: 'end',
      cell: ({ departed, snapshots }) => words.left(formatCount(departed), formatCount(snapshots)),
    },
    figureColumn('loss', own.loss, ({ log_loss: loss, log_loss_base: base }) =>
      words.against(formatScore(loss.value, 4), formatScore(base, 4)),
    ),
    figureColumn('departures', columns.departures, ({ expected_over_departed: found }) =>
      ranged(found, score(2)),
    ),
    figureColumn('money', own.money, ({ revenue: { ratio } }) =>
      ratio === null ? texts.common.unknown : ranged(ratio, score(2)),
    ),
    // The last column stays in sight on a phone.
    figureColumn('ranking', own.ranking, ({ roc_auc: auc }) => ranged(auc, of100)),
  ];
}
