import type { AccountRisk } from '@keepwell/api';
import { formatDay } from '@keepwell/ui';

import { texts } from '../texts';
import './risk.css';

const { site, page } = texts.risk;

type Seen = NonNullable<AccountRisk['website']>;
type SeenPage = AccountRisk['pages'][number];

/**
 * What is wrong with the account's website, and with the other pages that its contacts name, seen from outside: beside the
 * reasons, since the model does not know it.
 */
export function WebsiteSigns({ website, pages }: Pick<AccountRisk, 'website' | 'pages'>) {
  return (
    <>
      {website === null || website.state === 'alive' ? null : (
        <bdi className="why-seen warn">{sentence(website)}</bdi>
      )}
      {pages.map((each) => (
        <bdi key={each.website} className="why-seen warn">
          {pageSentence(each)}
        </bdi>
      ))}
    </>
  );
}

function sentence({ moved_to, status, since }: Seen): string {
  const day = formatDay(since.slice(0, 10));
  if (moved_to !== null) return site.moved(moved_to, day);
  return status === null ? site.silent(day) : site.answers(status, day);
}

function pageSentence({ website, moved_to, status, since }: SeenPage): string {
  const day = formatDay(since.slice(0, 10));
  const name = website.replace(/^https?:\/\//, '');
  if (moved_to !== null) return page.moved(name, moved_to, day);
  return status === null ? page.silent(name, day) : page.answers(name, status, day);
}
