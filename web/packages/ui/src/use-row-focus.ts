import { useEffect, useReducer, useRef, type KeyboardEvent } from 'react';

interface RowFocusOptions {
  readonly count: number;
  /** How many rows Page Down moves. */
  readonly page: number;
  readonly show: (index: number) => void;
  /** Before the last row gets the focus, which may be further down afterwards. */
  readonly onEnd?: (() => void) | undefined;
}

/** What `aria-rowindex` the first row has: the head is row 1. */
export const FIRST_ROW_INDEX = 2;

/** Moves the focus between the links of the rows; a row that is not in the document yet gets it as soon as it is. */
export function useRowFocus(
  body: { readonly current: HTMLElement | null },
  { count, page, show, onEnd }: RowFocusOptions,
) {
  const current = useRef(-1);
  const pending = useRef<number | null>(null);
  const [, askForRender] = useReducer((count: number) => count + 1, 0);
  const linkOf = (index: number) =>
    body.current?.querySelector<HTMLElement>(`[aria-rowindex="${index + FIRST_ROW_INDEX}"] a`);
  useEffect(() => {
    if (pending.current === null) return;
    // Its row may turn out not to exist: a list that is still loading is taken to be longer than it is.
    if (pending.current >= count) {
      pending.current = count - 1;
      current.current = count - 1;
      show(count - 1);
    }
    const link = linkOf(pending.current);
    if (!link) return;
    pending.current = null;
    link.focus({ preventScroll: true });
  });
  const goTo = (index: number) => {
    const wanted = Math.min(count - 1, Math.max(0, index));
    current.current = wanted;
    show(wanted);
    const link = linkOf(wanted);
    if (link) link.focus({ preventScroll: true });
    else pending.current = wanted;
  };
  const here = () => {
    const row = document.activeElement?.closest('tr')?.getAttribute('aria-rowindex');
    return row === null || row === undefined ? current.current : Number(row) - FIRST_ROW_INDEX;
  };
  const press = (event: KeyboardEvent) => {
    const targets: Readonly<Record<string, number>> = {
      ArrowDown: here() + 1,
      ArrowUp: here() - 1,
      PageDown: here() + page,
      PageUp: here() - page,
      Home: 0,
      End: count - 1,
    };
    const target = targets[event.key];
    if (target === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    if (event.key === 'End' && onEnd !== undefined) {
      onEnd();
      pending.current = Infinity;
      askForRender();
    } else goTo(target);
  };
  return {
    press,
    move: (step: number) => {
      goTo(here() + step);
    },
  };
}
