import type { ReactNode } from 'react';

import { SheetLink } from '../../figures/SheetLink';
import { texts } from '../../texts';
import type { DefinitionId } from './search';
import { useModelSearch } from './use-model-search';

export interface SectionNoteProps {
  readonly definition: DefinitionId;
  readonly children?: ReactNode;
}

/** What a section's figures are, with the way to their definition. */
export function SectionNote({ definition, children }: SectionNoteProps) {
  const { open } = useModelSearch();
  return (
    <>
      {children}
      {children === undefined ? null : ' · '}
      <SheetLink
        onOpen={() => {
          open(definition);
        }}
      >
        {texts.models.closer.whatIs}
        <span className="visually-hidden"> {texts.models.definitions[definition].title}</span>
      </SheetLink>
    </>
  );
}
