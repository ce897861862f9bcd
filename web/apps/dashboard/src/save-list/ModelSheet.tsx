import type { ChurnModel } from '@keepwell/api';
import { Facts, formatCount, formatDay, formatMoment, formatScore, Sheet, type Fact } from '@keepwell/ui';

import { Link } from '@tanstack/react-router';

import { pairsRight } from '../risk/pairs-right';
import { texts } from '../texts';

const { model: words } = texts.saveList;

/** How well later months were predicted from earlier ones. */
export function ModelSheet({ model, onClose }: { readonly model: ChurnModel; readonly onClose: () => void }) {
  return (
    <Sheet title={words.title} onClose={onClose} closeLabel={texts.common.close}>
      <p>{model.statement}</p>
      <Facts facts={factsOf(model)} />
      <Link to="/models/$version" params={{ version: String(model.version) }} className="link">
        {words.all}
      </Link>
    </Sheet>
  );
}

function factsOf(model: ChurnModel): readonly Fact[] {
  const { evaluation, version, trained_at, horizon_days, label } = model;
  const { held_out_from, snapshots, churned } = evaluation;
  const { snapshots: tested } = texts.listLabels[label.name];
  return [
    [words.heldOut, words.heldOutFrom(formatDay(held_out_from))],
    [words.testedOn, tested(formatCount(snapshots), formatCount(churned))],
    ...(model.signal === 'suspect' ? [[words.ranking, words.suspect] as const] : judgedFacts(model)),
    [words.horizon, words.days(horizon_days)],
    [words.trained, words.version(version, formatMoment(trained_at))],
  ];
}

function judgedFacts(model: ChurnModel): readonly Fact[] {
  const { log_loss, log_loss_base, calibration, churned } = model.evaluation;
  const pairs = pairsRight(model);
  const { expected } = texts.listLabels[model.label.name];
  return [
    [words.ranking, pairs === null ? words.unmeasurable : words.pairs(pairs.right, pairs.low, pairs.high)],
    [
      words.logLoss,
      log_loss === null || log_loss_base === null
        ? null
        : words.logLossBase(formatScore(log_loss, 4), formatScore(log_loss_base, 4)),
    ],
    [
      words.calibration,
      calibration === null
        ? null
        : expected(formatCount(Math.round(calibration * churned)), formatCount(churned)),
    ],
  ];
}
