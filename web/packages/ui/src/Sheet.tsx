import { useEffect, useRef, type ReactNode } from 'react';

import { Button } from './Button';
import { Icon } from './Icon';

export interface SheetProps {
  readonly title: string;
  readonly note?: ReactNode;
  readonly onClose: () => void;
  readonly closeLabel?: string;
  readonly children: ReactNode;
}

/**
 * Details beside the page, which stays usable: the sheet is not modal. It takes the focus, gives it back, and closes on
 * Escape.
 */
export function Sheet({ title, note, onClose, closeLabel = 'Close', children }: SheetProps) {
  const panel = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const opener = document.activeElement;
    panel.current?.focus();
    return () => {
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, []);
  return (
    <div
      ref={panel}
      className="sheet"
      role="dialog"
      aria-label={title}
      tabIndex={-1}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        onClose();
      }}
    >
      <header className="sheet-head">
        <h2>{title}</h2>
        {note === undefined ? null : <span className="small">{note}</span>}
        <Button emphasis="quiet" iconOnly aria-label={closeLabel} onPress={onClose}>
          <Icon name="close" />
        </Button>
      </header>
      <div className="sheet-body">{children}</div>
    </div>
  );
}
