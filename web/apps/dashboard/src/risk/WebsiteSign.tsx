import type { AccountRisk } from '@keepwell/api';
import { formatDay } from '@keepwell/ui';

import { texts } from '../texts';
import './risk.css';

const words = texts.risk.site;

type Seen = NonNullable<AccountRisk['website']>;

/** What is wrong with the account's website, seen from outside: beside the reasons, since the model does not know it. */
export function WebsiteSign({ sign }: { readonly sign: Seen | null }) {
  if (sign === null || sign.state === 'alive') return null;
  return <bdi className="why-seen warn">{sentence(sign)}</bdi>;
}

function sentence({ moved_to, status, since }: Seen): string {
  const day = formatDay(since.slice(0, 10));
  if (moved_to !== null) return words.moved(moved_to, day);
  return status === null ? words.silent(day) : words.answers(status, day);
}
