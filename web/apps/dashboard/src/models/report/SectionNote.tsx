import type { ReactNode } from 'react';

import { SheetLink } from '../../figures/SheetLink';
import { texts } from '../../texts';
import { useJudged } from './judged';
import type { DefinitionId } from './search';
import { useModelSearch } from './use-model-search';

export interface SectionNoteProps {
  readonly definition: DefinitionId;
  readonly children?: ReactNode;
}

/** What a section's figures are, with the way to their definition. */
export function SectionNote({ definition, children }: SectionNoteProps) {
  const { open } = useModelSearch();
  const { definitions } = useJudged();
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
        <span className="visually-hidden"> {definitions[definition].title}</span>
      </SheetLink>
    </>
  );
}
