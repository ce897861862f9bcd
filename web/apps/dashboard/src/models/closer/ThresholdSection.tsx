import type { Decisions } from '@keepwell/api';
import { formatCount, formatMoney, formatProbability, Section, Table, type Column } from '@keepwell/ui';

import { decimalOf } from '../report/curves';
import { useJudged, type JudgedWords } from '../report/judged';
import { SectionNote } from '../report/SectionNote';

export interface ThresholdSectionProps {
  readonly decisions: Decisions;
  readonly currency: string;
}

/** What the rule of money would have done, in words and as a table. */
export function ThresholdSection({ decisions, currency }: ThresholdSectionProps) {
  const { threshold: words } = useJudged();
  return (
    <Section title={words.title} note={<SectionNote definition="threshold" />}>
      <div className="models-threshold">
        <ul className="models-words">
          {sentences(decisions, currency, words).map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
        <Table
          label={words.label}
          columns={columnsOf(words)}
          rows={rowsOf(decisions)}
          rowKey={({ id }) => id}
          narrow="pinned"
        />
      </div>
    </Section>
  );
}

type Words = JudgedWords['threshold'];

function sentences(decisions: Decisions, currency: string, words: Words): readonly string[] {
  const { rule, precision, recall, contacted_left: found, contacted_stayed: disturbed } = decisions;
  const money = (amount: number) => formatMoney(decimalOf(amount), currency);
  const outcome = words.contacted(formatCount(found + disturbed), formatCount(found), formatCount(disturbed));
  return [
    words.rule(money(decisions.from_revenue_at_risk)),
    precision === null ? words.nobody : `${outcome} ${words.precision(formatProbability(precision))}`,
    words.missed(formatCount(decisions.not_contacted_left), formatCount(decisions.not_contacted_stayed)),
    ...(recall === null ? [] : [words.recall(formatProbability(recall))]),
    words.assumes(
      money(rule.contact_cost),
      formatProbability(rule.kept_share),
      formatCount(rule.kept_months),
    ),
  ];
}

interface DecisionRow {
  readonly id: 'contacted' | 'not';
  readonly left: number;
  readonly stayed: number;
}

function rowsOf(decisions: Decisions): readonly DecisionRow[] {
  return [
    { id: 'contacted', left: decisions.contacted_left, stayed: decisions.contacted_stayed },
    { id: 'not', left: decisions.not_contacted_left, stayed: decisions.not_contacted_stayed },
  ];
}

function columnsOf(words: Words): readonly Column<DecisionRow>[] {
  return [
    { id: 'what', header: words.columns.what, rowHeader: true, cell: ({ id }) => words.rows[id] },
    { id: 'left', header: words.columns.left, align: 'end', cell: ({ left }) => formatCount(left) },
    { id: 'stayed', header: words.columns.stayed, align: 'end', cell: ({ stayed }) => formatCount(stayed) },
  ];
}
