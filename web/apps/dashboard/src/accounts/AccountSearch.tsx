import { SearchField } from '@keepwell/ui';
import { useEffect, useState } from 'react';

const PAUSE_MS = 250;

export interface AccountSearchProps {
  readonly q: string | undefined;
  readonly onSearch: (q: string | undefined) => void;
}

/** Searches when the user stops typing. If the URL changes by other means, such as going back, so does the text. */
export function AccountSearch({ q = '', onSearch }: AccountSearchProps) {
  const [text, setText] = useState(q);
  const [searched, setSearched] = useState(q);
  if (q !== searched) {
    setSearched(q);
    setText(q);
  }
  useEffect(() => {
    if (text === searched) return undefined;
    const pause = setTimeout(() => {
      setSearched(text);
      onSearch(text === '' ? undefined : text);
    }, PAUSE_MS);
    return () => {
      clearTimeout(pause);
    };
  }, [text, searched, onSearch]);
  return <SearchField label="Search accounts" placeholder="Name or id" value={text} onChange={setText} />;
}
