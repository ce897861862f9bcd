import { SearchField } from '@keepwell/ui';
import { useEffect, useState } from 'react';

const PAUSE_MS = 250;

export interface AccountSearchProps {
  readonly q: string | undefined;
  readonly onSearch: (q: string | undefined) => void;
}

/** Searches once the typing pauses. A change of the URL from elsewhere, such as going back, replaces the text. */
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
