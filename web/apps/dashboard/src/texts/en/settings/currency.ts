export const currency = {
  title: 'Currency',
  purpose: 'What figures are reported in, and the rates by which other currencies count.',
  facts: 'Report currency',
  fixed: (currency: string) =>
    `All figures are in ${currency}. That was settled with the first account and cannot be changed any more: amounts and movements are stored in it.`,
  otherAmounts: 'Amounts in other currencies need no change of it, only a rate of theirs.',
  instead:
    'To report in another currency, import the same files into a new workspace, with that currency in the mapping or in the command:',
  open: (currency: string) =>
    `Figures would be in ${currency}. While there are no accounts, this can still be settled: a Stripe key brings the currency of its account, and the first import that of its mapping (workspace: currency), or this one:`,
  rates: 'Exchange rates',
  label: 'Exchange rates',
  loading: 'exchange rates',
  columns: { currency: 'Currency', on: 'From', rate: 'Rate' },
  rateOf: (currency: string, report: string) => `1 ${currency} in ${report}`,
  none: 'There is no exchange rate yet',
  noneHint: 'Amounts in another currency than the report’s need a rate of their day or before.',
  noneMatch: (currency: string) => `There is no rate of ${currency}`,
  clear: 'Show all',
  add: {
    title: 'Add a rate',
    currency: 'Currency',
    currencyHelp: 'Three letters, such as EUR.',
    on: 'From',
    rate: 'Rate',
    rateHelp: (report: string) =>
      `What 1 of it is worth in ${report}; a later rate replaces it from its own day on.`,
    action: 'Add',
    adding: 'Adding…',
    done: 'The rate is set; the figures are recalculated',
    note: 'Add many at once from a CSV file:',
    mayNot: 'Owners and admins set rates.',
  },
};
