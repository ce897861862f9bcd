/** What the figures of a model are, and how to read them. The definitions are those of docs/models.md. */

import type { Outcome } from './outcome';

/** What does not depend on what a label calls leaving. */
const OF_EVERY_LABEL = {
  gain: {
    title: 'Log loss saved',
    means:
      'The error of the chances: the mean of -log of the chance given to what then happened. Saved is the error of giving everyone the overall rate, less the error of this model.',
    read: 'Above 0 the model helps. If the likely range holds 0, it was not shown to help.',
  },
  threshold: {
    title: 'The threshold that money chooses',
    means:
      'A contact pays from this revenue at risk on: what a contact costs, divided by the share it keeps times the months for which those stay.',
    read: 'The three numbers are a policy with defaults, not a measurement. Change them, and the threshold moves.',
  },
  ladder: {
    title: 'The ladder of models',
    means:
      'Kinds of models from the simplest to the most complex predict the same days from the same origins. The one with the least log loss is the best.',
    read: 'Whatever is at most one standard error behind the best is as good, and the simplest of these is served. With a few hundred accounts that is rarely boosting.',
  },
  untouched: {
    title: 'The untouched test',
    means:
      'The kind of model is chosen without the latest days, and then tested on those days alone: the choice has not seen them.',
    read: 'The other figures are of all days, which the choice has seen, so they may be a little too good. This test is smaller, but free of that.',
  },
};

export function definitionsOf(outcome: Outcome, compared: string) {
  const { leave, left, stayed, whoLeft, whoStayed, departures, expectedOver, money, atRisk } = outcome;
  return {
    ...OF_EVERY_LABEL,
    ranking: {
      title: 'Pairs ranked right',
      means: `Take one account that ${left} and one that ${stayed}: how often the one that ${left} had the higher chance. It is the area under the ROC curve (AUC), of 100.`,
      read: 'A coin gets 50. It says nothing about whether the chances themselves are right, and nothing about money.',
    },
    departures: {
      title: expectedOver,
      means: `The sum of all chances, which is the number of ${departures} that is expected, over the number that there was.`,
      read: '1 is exact; above 1 it expects too many. A range that holds 1 is explained by chance.',
    },
    money: {
      title: 'At risk over lost',
      means: `${atRisk} (chance times ${money}), summed over all points in time, over the ${money} that was then lost.`,
      read: '1 is exact; above 1 the list says that more is at risk than is then lost.',
    },
    'calibration-error': {
      title: 'Calibration error (ECE)',
      means: `The points in time are put into ten groups of equal size by their chance. The error is the mean distance, over the groups, of the chance that was predicted and the share that ${left}.`,
      read: 'It is never 0, by chance: a model whose chances are exactly right also has one. So it stands beside that of such a model with the same chances, by 500 simulations.',
    },
    roc: {
      title: 'ROC curve',
      means: `For every chance from which on one could contact people: the share of ${whoLeft} that is found, against the share of ${whoStayed} that is disturbed.`,
      read: 'The further above the dotted line, the better. Between the points of the report it is read in a straight line.',
    },
    'precision-recall': {
      title: 'Precision and recall',
      means: `For every chance from which on one could contact people: how many of those contacted ${left} (precision), against how many of ${whoLeft} are found (recall).`,
      read: `Where few ${leave}, precision is low even for a good model. Compare it with the dotted line, the share that ${left}.`,
    },
    capture: {
      title: 'Capture by tenths',
      means: `Of all ${departures}, the share in the tenth with the highest chances, in the first two tenths, and so on. Of lost ${money} the same, with the accounts in the order of ${atRisk.toLowerCase()}.`,
      read: 'If you can contact one account in ten, read it at 10%.',
    },
    populations: {
      title: 'For whom',
      means: compared,
      read: 'The first line is what a person works with. The last one is the headline: it also has the accounts with an open payment, which are easy to foresee.',
    },
  };
}
