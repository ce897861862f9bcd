/** What lists turned out to be worth, and drift, on the page of models. */

export const live = {
  title: 'Since then',
  loading: 'what the lists turned out to be worth',
  states: { waiting: 'Too early', quiet: 'Holds so far', broken: 'Does not hold' },
  waiting: (version: string) =>
    `Nobody knows yet who on the lists of model ${version} leaves, so nothing can be judged.`,
  nextOn: (day: string) => `The next list can be judged on ${day} at the earliest.`,
  quiet: (left: string, expected: string, lists: string) =>
    `${left} accounts left of ${expected} expected, on ${lists}. That is too little evidence to call the chances wrong.`,
  leftAlone: (left: string, expected: string, low: string, high: string) =>
    `That is fewer than chance explains, and so it is where work on accounts keeps them. Of those left alone, whom nobody works on, ${left} left of ${expected} expected; ${low} to ${high} are no surprise.`,
  broken: (day: string, why: string) =>
    `The list's chances do not hold since the list of ${day}: ${why}. In at most one of twelve years that happens by chance.`,
  brokenBy: {
    more_left: 'more accounts leave than it says',
    fewer_left: 'fewer accounts leave than it says',
    overconfident: 'who leaves is harder to tell than it says',
    underconfident: 'accounts differ more than it says',
  },
  counted: (left: string, expected: string, lists: string) =>
    `${left} accounts left of ${expected} expected, on ${lists}.`,
  lists: (count: number) => (count === 1 ? '1 list' : `${String(count)} lists`),
  evidence: (evidence: string, needed: string) =>
    `Evidence against the chances: ${evidence} of the ${needed} that are called a break.`,
  more: (count: string) => `more than ${count}`,
  visible: (times: string) =>
    `The smallest shift that this shop finds within a year, in four cases of five: ${times} times the expected departures.`,
  nothingVisible: 'With so few departures, even three times the odds would often be missed within a year.',
  expected: (pairs: string) =>
    `If its chances are right, the newest list ranks ${pairs} of 100 pairs right. That is expected, not seen.`,
  unknown: (count: string) => `What became of ${count} accounts is not known; they are in no figure.`,
  figures: {
    label: 'Figures of the lists that do not overlap, beside those of the test at training',
    what: 'Figure',
    since: 'Since then',
    heldOut: 'Tested at training',
    leftAlone: 'Left alone',
    pairs: 'Pairs ranked right, of 100',
    loss: 'Log loss',
    ratio: 'Expected / left',
    money: 'At risk / lost',
    tooFew: 'too few',
  },
  judged: {
    title: 'Lists and what became of them',
    note: 'one for each horizon, so that none counts twice',
    label: 'Lists that do not overlap, with what became of their accounts',
    list: 'List of',
    left: 'Left',
    expected: 'Expected',
    likely: 'No surprise',
    range: (low: string, high: string) => `${low} to ${high}`,
    pairs: 'Pairs of 100',
    surprising: 'surprising',
  },
  drift: {
    title: 'Drift of inputs',
    loading: 'drift',
    none: (day: string) =>
      `As of ${day}, no input is further from the training than chance takes it in a shop of this size.`,
    some: (day: string) =>
      `As of ${day}, marked inputs are further from the training than chance explains. That says where to look; it does not say that the list is wrong.`,
    unknown:
      'Drift is unknown: the release that trained this model kept nothing to compare with. The next training will.',
    label: 'How far each input is from the training',
    note: 'In brackets: what chance exceeds in 5 of 100 shops of this size.',
    all: (count: string) => `Show all ${count}`,
    input: 'Input',
    chance: 'The chance of leaving',
    drifted: 'drifted',
    psi: 'PSI',
    ks: 'KS',
    js: 'JS',
    unknownShare: 'Unknown',
    usual: (value: string, usual: string) => `${value} (${usual})`,
    share: (now: string, before: string) => `${now}, was ${before}`,
  },
};
