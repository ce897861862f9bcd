import { SearchField } from '@keepwell/ui';
import { useEffect, useState } from 'react';

import { texts } from '../texts';

/** Shorter than the pause between two letters of a slow typist: the list answers while the reader types. */
const PAUSE_MS = 40;

export interface AccountSearchProps {
  readonly q: string | undefined;
  readonly onSearch: (q: string | undefined) => void;
}

/** Searches while the reader types. If the address changes by other means, such as going back, so does the text. */
export function AccountSearch({ q = '', onSearch }: AccountSearchProps) {
  const [text, setText] = useState(q);
  const [seen, setSeen] = useState(q);
  // The address follows a moment later: until then it still has what was typed before.
  const [asked, setAsked] = useState<readonly string[]>([]);
  if (q !== seen) {
    setSeen(q);
    setAsked(asked.slice(asked.indexOf(q) + 1));
    if (!asked.includes(q)) setText(q);
  }
  const last = asked.at(-1) ?? seen;
  useEffect(() => {
    if (text === last) return undefined;
    const pause = setTimeout(() => {
      setAsked((before) => [...before, text]);
      onSearch(text === '' ? undefined : text);
    }, PAUSE_MS);
    return () => {
      clearTimeout(pause);
    };
  }, [text, last, onSearch]);
  const { label, placeholder } = texts.accounts.search;
  return <SearchField label={label} placeholder={placeholder} value={text} onChange={setText} />;
}
