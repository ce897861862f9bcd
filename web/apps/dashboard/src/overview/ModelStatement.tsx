import type { ChurnModel, Evaluation } from '@keepwell/api';
import { Callout, type CalloutProps, formatCount, formatDay, formatMoment, formatScore } from '@keepwell/ui';

const HEADINGS: Record<ChurnModel['signal'], Omit<CalloutProps, 'children'>> = {
  found: {},
  not_found: { tone: 'warning', title: 'Ranked by revenue only: tested, and no churn signal was found' },
  not_tested: {
    tone: 'warning',
    title: 'Ranked by revenue only: too little data to test for a churn signal',
  },
};

/** How well the model did on months it was not trained on. */
export function ModelStatement({ model }: { readonly model: ChurnModel }) {
  return (
    <div className="model-statement">
      <Callout {...HEADINGS[model.signal]}>
        <p>{model.statement}</p>
        <EvaluationDetails model={model} />
      </Callout>
    </div>
  );
}

function EvaluationDetails({ model }: { readonly model: ChurnModel }) {
  return (
    <details className="evaluation">
      <summary>How the model was tested</summary>
      <dl className="facts">
        {evaluationFacts(model).map(([term, description]) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd>{description}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

function evaluationFacts({ evaluation, version, trained_at, horizon_days }: ChurnModel): [string, string][] {
  return [
    ['Held out', `Everything from ${formatDay(evaluation.held_out_from)}`],
    [
      'Tested on',
      `${formatCount(evaluation.snapshots)} snapshots of accounts that had not cancelled, ${formatCount(evaluation.churned)} churned`,
    ],
    ['AUC', describeAuc(evaluation)],
    ['Brier score', describeBrier(evaluation)],
    ['Looks ahead', `${horizon_days} days`],
    ['Model', `Version ${version}, trained ${formatMoment(trained_at)}`],
  ];
}

function describeAuc({ auc, auc_low, auc_high }: Evaluation): string {
  if (auc === null) return 'Not measurable: too few accounts left';
  const interval =
    auc_low === null || auc_high === null ? '' : ` (${formatScore(auc_low)} to ${formatScore(auc_high)})`;
  return `${formatScore(auc)}${interval}; 0.50 is a coin toss`;
}

function describeBrier({ brier, brier_base }: Evaluation): string {
  if (brier === null) return 'Not measurable';
  const base = brier_base === null ? '' : `; the average rate alone gives ${formatScore(brier_base, 4)}`;
  return `${formatScore(brier, 4)}${base}`;
}
