import type { ReactNode } from 'react';

import './figures.css';

export interface SheetLinkProps {
  readonly onOpen: () => void;
  readonly children: ReactNode;
}

/** Words that open a sheet. */
export function SheetLink({ onOpen, children }: SheetLinkProps) {
  return (
    <button type="button" className="figures-link" aria-haspopup="dialog" onClick={onOpen}>
      {children}
    </button>
  );
}
