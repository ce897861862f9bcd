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

function factsOf({ evaluation, version, trained_at, horizon_days, label }: ChurnModel): readonly Fact[] {
  const { log_loss, log_loss_base, calibration, held_out_from, snapshots, churned } = evaluation;
  const pairs = pairsRight(evaluation);
  const { snapshots: tested, expected } = texts.listLabels[label.name];
  return [
    [words.heldOut, words.heldOutFrom(formatDay(held_out_from))],
    [words.testedOn, tested(formatCount(snapshots), formatCount(churned))],
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
    [words.horizon, words.days(horizon_days)],
    [words.trained, words.version(version, formatMoment(trained_at))],
  ];
}
