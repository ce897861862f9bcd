import type { SaveList } from '@keepwell/api';
import { formatCount } from '@keepwell/ui';
import { Link } from '@tanstack/react-router';

import { texts } from '../texts';
import { totalOf } from './save-list';

const { tabs } = texts.saveList;

export interface SaveListTabsProps {
  readonly list: Pick<SaveList, 'totals' | 'model'> | undefined;
  readonly current: 'all' | 'voluntary' | 'involuntary' | 'leftAlone';
}

/** Leaving by choice and leaving over a payment need different answers; who is left alone is on no working list. */
export function SaveListTabs({ list, current }: SaveListTabsProps) {
  // Before the first training nobody was counted: that is not known, and not zero.
  const counted = list?.model == null ? undefined : list;
  const count = (accounts: number | undefined) => (
    <span className="tab-count">{accounts === undefined ? '' : formatCount(accounts)}</span>
  );
  const kinds = [
    { id: 'all', kind: undefined },
    { id: 'voluntary', kind: 'voluntary' },
    { id: 'involuntary', kind: 'involuntary' },
  ] as const;
  return (
    <nav className="tabs" aria-label={tabs.label}>
      {kinds.map(({ id, kind }) => (
        <Link
          key={id}
          to="/save-list"
          search={{ kind }}
          className="tab"
          // Otherwise the list without a kind is taken to be open on every tab.
          activeOptions={{ exact: true, explicitUndefined: true }}
          aria-current={current === id ? 'page' : undefined}
        >
          {tabs[id]} {count(counted && totalOf(counted, kind).accounts)}
        </Link>
      ))}
      <Link
        to="/save-list/left-alone"
        className="tab"
        aria-current={current === 'leftAlone' ? 'page' : undefined}
      >
        {tabs.leftAlone} {count(counted?.totals.left_alone)}
      </Link>
    </nav>
  );
}
