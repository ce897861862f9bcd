import { createContext, use } from 'react';

/** What any part of the shell can open. */
export interface ShellState {
  readonly openKeys: () => void;
  readonly openFinder: () => void;
}

export const ShellContext = createContext<ShellState>({
  openKeys: () => undefined,
  openFinder: () => undefined,
});

export function useShell(): ShellState {
  return use(ShellContext);
}
