/** The scorings of the accounts, on the page of models. */

export const nights = {
  title: 'Nights',
  note: 'each scoring of the accounts, the newest first',
  loading: 'the nights',
  label: 'Scorings of the accounts',
  none: 'Nothing was scored yet. A worker scores the accounts soon after each midnight (UTC), and after imports.',
  date: 'Date',
  range: (from: string, to: string) => `${from} to ${to}`,
  cause: 'Started by',
  causes: { night: 'The night', import: 'New records', training: 'A training', manual: 'Hand' },
  startedBy: (cause: string, time: string) => `${cause}, ${time} UTC`,
  state: 'State',
  states: {
    judged: 'Judged',
    scored: 'Scored',
    silent: 'A source is silent',
    not_scored: 'Not scored',
    missed: 'Missed',
  },
  made: 'What came of it',
  missed: (nights: string, statement: string) => `${nights} nights. ${statement}`,
  accounts: (count: number, written: string) => (count === 1 ? '1 account by' : `${written} accounts by`),
  uncounted: 'An unknown number of accounts by',
  records: 'As of',
  aged: (day: string, count: number, written: string) =>
    count === 1 ? `${day}, 1 day old` : `${day}, ${written} days old`,
};
