export const firstRun = {
  title: 'Where is your business?',
  purpose: 'Three ways in. Each can be undone, and you can take another one later.',
  empty: {
    title: 'Nothing to show yet',
    detail: 'This workspace has no accounts. Connect Stripe, bring files, or look at a sample first.',
    action: 'Three ways to begin',
  },
  need: 'You need',
  takes: 'Takes',
  gives: 'Gives',
  stripe: {
    title: 'Connect Stripe',
    detail: 'Customers, subscriptions, invoices and failed payments, kept up to date by themselves.',
    need: 'a restricted key that may only read',
    takes: 'about 2 minutes for 600 customers',
    gives: 'revenue, payments, save list',
    connected: 'Stripe is connected. It is being read; the figures come by themselves.',
    see: 'See how far it is',
  },
  files: {
    title: 'Bring files',
    detail:
      'CSV exports of customers, subscriptions and, better still, events of use. A dry run shows each error first.',
    need: 'the exports of Stripe’s dashboard, or a mapping',
    takes: 'about a minute for 40,000 rows',
    gives: 'revenue, and a save list with events',
    dryRun: 'A dry run, which changes nothing',
    import: 'Then leave out --dry-run',
    mapping: 'With a mapping of your own',
  },
  sample: {
    title: 'Look at a sample',
    detail:
      'An invented business with years of revenue, failed payments and activity. It gets a home of its own and is marked as synthetic everywhere.',
    need: 'nothing',
    takes: 'about 2 minutes, once',
    gives: 'every page filled, to try things on',
    run: 'Run beside this one',
  },
  then: {
    title: 'Then, by itself',
    minute: 'After a minute',
    minuteText: 'Revenue, movements and cohorts; every figure opens down to its rows',
    night: 'Tonight',
    nightText:
      'The first scores, tested on customers the model has not seen; if it finds no signal, it says so',
    month: 'After 30 days',
    monthText: 'What was predicted is compared with what happened',
  },
  copy: 'Copy the command',
};
