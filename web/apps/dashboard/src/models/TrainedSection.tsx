import type { Label, ModelReport, ModelWithReport } from '@keepwell/api';
import { Facts, formatDay, formatMoment, Section, type Fact } from '@keepwell/ui';

import { texts } from '../texts';
import { dayOfList } from './ModelsTable';

const words = texts.models.trained;

/** When and on what the model was trained; what its release did not keep is unknown. */
export function TrainedSection({ model }: { readonly model: ModelWithReport }) {
  const { report, evaluation } = model;
  return (
    <Section title={words.title} isRuled>
      <Facts
        facts={[
          [words.when, formatMoment(model.trained_at)],
          [words.listOf, dayOfList(model.as_of)],
          [words.looksAhead, words.days(model.horizon_days)],
          [words.leaving, leavingText(model.label)],
          [words.spend, model.label.amount_property && words.property(model.label.amount_property)],
          [words.testedFrom, formatDay(evaluation.held_out_from)],
          ...reportFacts(report),
          [words.left, namesOf(evaluation.system_events)],
          [words.labels, namesOf(evaluation.probable_labels)],
        ]}
      />
    </Section>
  );
}

function leavingText({ name, active_within_days: days }: Label): string {
  const meaning = words.meanings[name];
  return days === null ? meaning : words.activeWithin(meaning, days);
}

function reportFacts(report: ModelReport | null): readonly Fact[] {
  const { unknown } = texts.common;
  if (report === null) {
    return [words.origins, words.history, words.calibration, words.inputs].map((name): Fact => [
      name,
      unknown,
    ]);
  }
  const inputs = report.rungs.find(({ is_chosen: isChosen }) => isChosen)?.inputs ?? [];
  return [
    [words.origins, report.origins.map(formatDay).join(', ')],
    [words.history, historyText(report)],
    [
      words.calibration,
      report.calibration === null ? unknown : texts.models.ladder.calibrations[report.calibration],
    ],
    [words.inputs, namesOf(inputs) ?? words.noInputs],
  ];
}

function historyText({ history_days: days, histories }: ModelReport): string {
  const chosen = days === null ? words.everything : words.latest(days);
  if (histories.length < 2) return chosen;
  const tried = histories.map((each) => (each.days === null ? words.allDays : words.days(each.days)));
  return `${chosen}; ${words.tried(tried.join(', '))}`;
}

function namesOf(names: readonly string[]) {
  if (names.length === 0) return null;
  return names.map((name, index) => (
    <span key={name}>
      {index === 0 ? '' : ', '}
      <code>{name}</code>
    </span>
  ));
}
