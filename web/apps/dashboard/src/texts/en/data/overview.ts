import { counted } from '../grammar/counted';

export const overview = {
  purpose: 'Where the figures come from, how fresh they are, and what could not be read.',
  sources: 'Sources',
  source: 'Source',
  newest: 'Newest',
  rows: 'Rows read',
  aside: 'Kept aside',
  state: 'State',
  action: 'Next step',
  loading: 'sources',
  notUsed: 'Not used yet',
  works: 'Works',
  failed: 'Failed last time',
  atLeast: (count: string) => `${count} or more`,
  asideOf: (count: string, source: string) => `${counted(count, 'row')} of ${source} kept aside`,
  meaning: {
    stripe: 'Customers, subscriptions, invoices and charges, by key or by webhook',
    files: 'CSV, JSON and YAML by a mapping file',
    http: 'What your product sends with a write key',
    tail: 'Event files that Keepwell follows line by line',
  },
  actions: {
    stripe: { first: 'Connect', later: 'Open' },
    files: { first: 'Import', later: 'History' },
    http: { first: 'Create a key', later: 'Write keys' },
    tail: { first: 'See how', later: 'See how' },
  },
  tailTitle: 'Follow files of events',
  tailDetail:
    'Keepwell reads each new line of the files of a folder, keeps each row once, and goes on after a restart.',
  live: {
    title: 'Live activity',
    note: 'The newest events of all accounts',
    loading: 'live activity',
    none: 'No events received',
    hint: 'With a write key, your product sends its events; they appear here within seconds.',
    create: 'Create a write key',
  },
  bring: {
    title: 'Bring files',
    detail: 'Run this where the files are. A dry run shows what would change, and changes nothing.',
    dryRun: 'Dry run',
    import: 'Import',
    columns:
      'The mapping file says which column is what; docs/mapping.md describes it. For the exports of Stripe’s dashboard it is included: --mapping stripe. Matching columns on this page is not here yet.',
  },
};
