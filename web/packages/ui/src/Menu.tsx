import { useId, useRef, type ReactNode, type ToggleEvent } from 'react';

export interface MenuProps {
  /** The name of the button for screen readers. */
  readonly label: string;
  readonly className: string;
  /** What the button shows. */
  readonly trigger: ReactNode;
  /** Buttons and links of class `menu-item`; pressing one closes the menu. */
  readonly children: ReactNode;
}

const GAP = 4;

/**
 * A button that opens a list of links and buttons. It is a popover of the browser: Escape and a click beside it close it,
 * and the focus returns.
 */
export function Menu({ label, className, trigger, children }: MenuProps) {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const place = (event: ToggleEvent<HTMLDivElement>) => {
    if (event.newState === 'open' && button.current !== null) placeBy(button.current, event.currentTarget);
  };
  return (
    <>
      <button ref={button} type="button" className={className} popoverTarget={id} aria-label={label}>
        {trigger}
      </button>
      <div
        id={id}
        className="menu"
        popover="auto"
        role="group"
        aria-label={label}
        onToggle={place}
        onClick={(event) => {
          event.currentTarget.hidePopover();
        }}
      >
        {children}
      </div>
    </>
  );
}

/** Puts the menu under its button, or over it where there is more room. */
function placeBy(button: HTMLElement, menu: HTMLElement): void {
  const from = button.getBoundingClientRect();
  const { width, height } = menu.getBoundingClientRect();
  const roomBelow = window.innerHeight - from.bottom;
  const top = roomBelow >= height + 2 * GAP ? from.bottom + GAP : from.top - height - GAP;
  const left = Math.min(from.left, window.innerWidth - width - 2 * GAP);
  menu.style.top = `${Math.max(GAP, top)}px`;
  menu.style.left = `${Math.max(GAP, left)}px`;
}
