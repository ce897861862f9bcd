import { deadLetters } from './data/dead-letters';
import { imports } from './data/imports';
import { overview } from './data/overview';
import { stripe } from './data/stripe';
import { websites } from './data/websites';
import { writeKeys } from './data/write-keys';
import { sourceKinds } from './source-kinds';

export const data = {
  title: 'Data',
  tabs: {
    overview: 'Sources',
    imports: 'Imports',
    deadLetters: 'Dead letters',
    stripe: 'Stripe',
    websites: 'Websites',
    writeKeys: 'Write keys',
  },
  kinds: sourceKinds,
  overview,
  imports,
  deadLetters,
  stripe,
  websites,
  writeKeys,
};
