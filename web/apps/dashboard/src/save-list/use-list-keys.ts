import type { SaveListEntry } from '@keepwell/api';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';

import { callHref, mailHref } from '../risk/next-step';
import { useKeys } from '../shell/keys/use-keys';
import { texts } from '../texts';

const { keys } = texts.saveList;

/**
 * Walks the rows by J and K, with the focus on the row's link; the chosen one is opened, called or written to by a key. Returns its
 * account's id.
 */
export function useListKeys(rows: readonly SaveListEntry[]): string | undefined {
  const [chosen, setChosen] = useState<string | undefined>();
  const navigate = useNavigate();
  const at = rows.findIndex((row) => row.account_id === chosen);
  const item = rows[at];
  const move = (step: number) => {
    const next = rows[at === -1 ? 0 : Math.min(rows.length - 1, Math.max(0, at + step))];
    setChosen(next?.account_id);
    if (next !== undefined) showRow(next.account_id);
  };
  const open = () => {
    if (item !== undefined)
      void navigate({ to: '/accounts/$accountId', params: { accountId: item.account_id } });
  };
  const reach = (hrefOf: (address: string) => string, address: string | null | undefined) => {
    if (address !== null && address !== undefined) window.location.assign(hrefOf(address));
  };
  useKeys({
    title: keys.title,
    bindings: [
      {
        key: 'j',
        shown: 'J',
        label: keys.down,
        run: () => {
          move(1);
        },
      },
      {
        key: 'k',
        shown: 'K',
        label: keys.up,
        run: () => {
          move(-1);
        },
      },
      { key: 'Enter', label: keys.open, run: open },
      {
        key: 'c',
        shown: 'C',
        label: keys.call,
        run: () => {
          reach(callHref, item?.contact?.phone);
        },
      },
      {
        key: 'm',
        shown: 'M',
        label: keys.mail,
        run: () => {
          reach(mailHref, item?.contact?.email);
        },
      },
    ],
  });
  return chosen;
}

function showRow(accountId: string): void {
  const link = document.querySelector<HTMLElement>(`main tbody th a[href$="/accounts/${accountId}"]`);
  link?.focus({ preventScroll: true });
  link?.closest('tr')?.scrollIntoView({ block: 'nearest' });
}
