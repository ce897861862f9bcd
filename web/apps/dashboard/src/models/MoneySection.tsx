import type { ModelReport, Population } from '@keepwell/api';
import {
  ChartSection,
  formatDay,
  formatMoney,
  IntervalDots,
  Money,
  Section,
  Table,
  type Column,
  type Interval,
} from '@keepwell/ui';

import { texts } from '../texts';
import { decimalOf } from './report/curves';
import { useJudged, type JudgedWords } from './report/judged';
import { ranged, score } from './report/model-text';
import { POPULATIONS } from './report/search';
import { SectionNote } from './report/SectionNote';

export interface MoneySectionProps {
  readonly report: ModelReport;
  readonly currency: string;
}

/** Revenue at risk against the MRR that was then lost, over everything that was predicted. */
export function MoneySection({ report, currency }: MoneySectionProps) {
  const judged = useJudged();
  const words = judged.money;
  const rows = POPULATIONS.flatMap((name) =>
    report.populations.filter((each) => each.name === name && each.figures !== null),
  );
  const note = <SectionNote definition="money" />;
  if (rows.length === 0) {
    return (
      <Section title={words.title} note={note}>
        <p className="models-say">{texts.common.unknown}</p>
      </Section>
    );
  }
  const [first] = rows;
  return (
    <div>
      <ChartSection
        title={words.title}
        note={note}
        chart={
          <IntervalDots
            label={words.label}
            heads={[words.columns.who, words.columns.ratio]}
            intervals={rows.map((each) => intervalOf(each, judged))}
            noEffect={1}
            noEffectLabel={words.exact}
          />
        }
        table={
          <Table
            label={words.table}
            columns={columnsIn(currency, judged)}
            rows={rows}
            rowKey={({ name }) => name}
            narrow="pinned"
          />
        }
      />
      <p className="models-say">
        {first?.figures == null
          ? null
          : `${judged.populations.who[first.name]}: ${words.says(
              formatMoney(first.figures.revenue.revenue_at_risk, currency),
              formatMoney(first.figures.revenue.revenue_lost, currency),
            )} `}
        {words.sum(formatDay(report.held_out_from), report.origins.length)}
      </p>
    </div>
  );
}

function ratioText({ figures }: Population): string {
  const ratio = figures?.revenue.ratio ?? null;
  return ratio === null ? texts.models.closer.noneLost : ranged(ratio, score(2));
}

function intervalOf(population: Population, { populations }: JudgedWords): Interval {
  const ratio = population.figures?.revenue.ratio ?? null;
  return {
    id: population.name,
    label: populations.who[population.name],
    value: ratio && decimalOf(ratio.value),
    low: ratio && decimalOf(ratio.low),
    high: ratio && decimalOf(ratio.high),
    text: ratioText(population),
  };
}

function columnsIn(
  currency: string,
  { money: words, populations }: JudgedWords,
): readonly Column<Population>[] {
  const amount = (id: 'atRisk' | 'lost', field: 'revenue_at_risk' | 'revenue_lost'): Column<Population> => ({
    id,
    header: words.columns[id],
    align: 'end',
    cell: ({ figures }) =>
      figures === null ? texts.common.unknown : <Money amount={figures.revenue[field]} currency={currency} />,
  });
  return [
    {
      id: 'who',
      header: words.columns.who,
      rowHeader: true,
      cell: ({ name }) => populations.who[name],
    },
    amount('atRisk', 'revenue_at_risk'),
    amount('lost', 'revenue_lost'),
    { id: 'ratio', header: words.columns.ratio, align: 'end', cell: ratioText },
  ];
}
