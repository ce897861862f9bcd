import { useLocation, useNavigate, useRouter, useSearch } from '@tanstack/react-router';

import { parseFigure, writeFigure, type FigureRef, type SheetId } from './ref';

declare module '@tanstack/react-router' {
  interface HistoryState {
    /** The sheet was opened from the page itself, so that going back closes it. */
    readonly openedSheet?: boolean;
  }
}

/** The sheet that the address asks for, and how to open and close one. Going back closes it too. */
export function useFigure() {
  const { sheet } = useSearch({ strict: false });
  const navigate = useNavigate();
  const { history } = useRouter();
  const { state } = useLocation();
  const show = (
    next: string | undefined,
    options: { readonly replace: boolean; readonly opened: boolean },
  ) => {
    void navigate({
      to: '.',
      // Pages have sheets of their own too; this one is valid wherever a page reads `figureSearch`.
      search: (search) => ({ ...search, sheet: next }),
      replace: options.replace,
      resetScroll: false,
      state: (before) => ({ ...before, openedSheet: options.opened }),
    });
  };
  const opened = state.openedSheet === true;
  return {
    figure: sheet === undefined ? null : parseFigure(sheet),
    open: (ref: FigureRef | SheetId) => {
      const next = typeof ref === 'string' ? ref : writeFigure(ref);
      // From one sheet to the next, one step back still leads to the page.
      show(next, { replace: sheet !== undefined, opened: sheet === undefined || opened });
    },
    close: () => {
      if (opened) history.back();
      else show(undefined, { replace: true, opened: false });
    },
  };
}
