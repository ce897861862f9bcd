import { useLayoutEffect, useRef, useState } from 'react';

import { handbook as texts } from '../texts/en/handbook';
import type { Operation } from './openapi';
import type { Place } from './place';
import { found, operationAnchor, tagAnchor, type Entry } from './search';

interface ContentsProps {
  readonly groups: ReadonlyMap<string, readonly Operation[]>;
  readonly entries: readonly Entry[];
  /** What is shown: its operations are unfolded. */
  readonly place: Place | null;
}

/** The table of contents, with a search that `/` opens. */
export function Contents({ groups, entries, place }: ContentsProps) {
  const [question, setQuestion] = useState('');
  const field = useRef<HTMLInputElement>(null);
  useSlash(() => field.current?.focus());
  const hits = question.trim() === '' ? undefined : found(entries, question);
  return (
    <nav className="contents" aria-label={texts.contents}>
      <input
        ref={field}
        type="search"
        className="contents-search"
        aria-label={texts.search}
        aria-keyshortcuts="/"
        placeholder={`${texts.search} (/)`}
        value={question}
        onChange={(event) => {
          setQuestion(event.target.value);
        }}
        onKeyDown={(event) => {
          const first = hits?.[0];
          if (event.key === 'Enter' && first !== undefined) window.location.hash = first.anchor;
          if (event.key === 'Escape') setQuestion('');
        }}
      />
      <p role="status" className={hits === undefined ? 'visually-hidden' : 'muted'}>
        {hits === undefined ? '' : hits.length === 0 ? texts.noHits : texts.hits(hits.length)}
      </p>
      {hits === undefined ? <Sections groups={groups} place={place} /> : <Hits hits={hits} />}
    </nav>
  );
}

function Hits({ hits }: { readonly hits: readonly Entry[] }) {
  return (
    <ul>
      {hits.map(({ anchor, label, kind }) => (
        <li key={anchor}>
          <a href={`#${anchor}`}>
            <span className="contents-kind">{kind}</span> {label}
          </a>
        </li>
      ))}
    </ul>
  );
}

function Sections({ groups, place }: Pick<ContentsProps, 'groups' | 'place'>) {
  return (
    <ul>
      <li>
        <a href="#start">{texts.start}</a>
      </li>
      <li>
        <a href="#conventions">{texts.conventions}</a>
      </li>
      <li>
        <a href="#limits">{texts.limits}</a>
      </li>
      {[...groups].map(([tag, operations]) => (
        <li key={tag}>
          <details open={isShown(place, tag)}>
            <summary className="handbook-tag">{tag}</summary>
            <ul>
              <li>
                <a href={`#${tagAnchor(tag)}`}>{texts.all}</a>
              </li>
              {operations.map(({ id, method, summary }) => (
                <li key={id}>
                  <a href={`#${operationAnchor(id)}`}>
                    <span className="contents-kind">{method}</span> {summary}
                  </a>
                </li>
              ))}
            </ul>
          </details>
        </li>
      ))}
      <li>
        <a href="#schemas">{texts.schemas}</a>
      </li>
      <li>
        <a href="#problems">{texts.problems}</a>
      </li>
    </ul>
  );
}

function isShown(place: Place | null, tag: string): boolean {
  return place !== null && typeof place === 'object' && 'tag' in place && place.tag === tag;
}

function useSlash(focus: () => void) {
  // With the field, not after it was painted: a key that is pressed in between would be lost.
  useLayoutEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      const isTyping =
        event.target instanceof HTMLElement && /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
      if (event.key !== '/' || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      focus();
    };
    window.addEventListener('keydown', pressed);
    return () => {
      window.removeEventListener('keydown', pressed);
    };
  });
}
