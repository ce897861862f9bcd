import { Dialog, formatMoney, SearchField } from '@keepwell/ui';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useLayoutEffect, useRef, useState, type KeyboardEvent } from 'react';

import { foundAccountsQuery } from '../../queries/accounts/accounts';
import { texts } from '../../texts';

const { find } = texts.shell;

/** Finds an account by a part of its name or id. The arrow keys walk through what was found. */
export function AccountFinder({ onClose }: { readonly onClose: () => void }) {
  const [text, setText] = useState('');
  const field = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const wanted = text.trim();
  const { data } = useQuery({
    ...foundAccountsQuery(wanted),
    enabled: wanted !== '',
    placeholderData: keepPreviousData,
  });
  // At once, so that what is typed right after the key is not lost.
  useLayoutEffect(() => {
    field.current?.focus();
  }, []);
  return (
    <Dialog title={find.title} onClose={onClose}>
      <div
        onKeyDown={(event) => {
          walk(event, [field.current, ...(list.current?.querySelectorAll('a') ?? [])]);
        }}
      >
        <SearchField
          label={find.label}
          placeholder={find.placeholder}
          value={text}
          onChange={setText}
          inputRef={field}
        />
        {wanted === '' || data === undefined ? (
          <p className="finder-note small">{find.hint}</p>
        ) : data.items.length === 0 ? (
          <p className="finder-note small" role="status">
            {find.none(wanted)}
          </p>
        ) : (
          <ul ref={list} className="finder-list">
            {data.items.map(({ id, name, plan, mrr, currency }) => (
              <li key={id}>
                <Link
                  to="/accounts/$accountId"
                  params={{ accountId: id }}
                  className="menu-item"
                  onClick={onClose}
                >
                  <bdi className="cut">{name}</bdi>
                  <span className="finder-fact small">
                    {plan === null ? '' : `${plan} · `}
                    {formatMoney(mrr, currency)}
                  </span>
                </Link>
              </li>
            ))}
          </ul>
        )}
      </div>
    </Dialog>
  );
}

/** Moves the focus between the field and the accounts; Enter in the field opens the first one. */
function walk(event: KeyboardEvent, stops: readonly (HTMLElement | null)[]): void {
  const here = stops.indexOf(document.activeElement as HTMLElement | null);
  if (event.key === 'Enter' && here === 0) {
    stops[1]?.click();
    return;
  }
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
  const next = step === 0 ? undefined : stops[here + step];
  if (next === undefined || next === null) return;
  event.preventDefault();
  next.focus();
}
