import { Command, Section, SegmentedControl } from '@keepwell/ui';
import { useState } from 'react';

import { texts } from '../../texts';
import { LANGUAGES, snippet, type Language } from './snippets';

const words = texts.data.writeKeys.snippet;
const CHOICES = LANGUAGES.map((id) => ({ id, label: words.languages[id] }));

/** The lines that send a first event, with this server's address and the key. */
export function SnippetSection({ writeKey }: { readonly writeKey: string }) {
  const [language, setLanguage] = useState<Language>('node');
  return (
    <Section
      title={words.title}
      tools={
        <SegmentedControl label={words.choose} choices={CHOICES} value={language} onChange={setLanguage} />
      }
    >
      <div className="stack data-snippet">
        <p className="prose">{words.explain}</p>
        <Command copyLabel={words.copy} copiedLabel={texts.forms.copied}>
          {snippet(language, { key: writeKey, host: window.location.origin })}
        </Command>
        <p className="prose">{words.then}</p>
      </div>
    </Section>
  );
}
