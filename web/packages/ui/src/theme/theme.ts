/** The colour theme: the system's, or one that overrides it. */
export const THEMES = ['light', 'dark', 'system'] as const;
export type Theme = (typeof THEMES)[number];

const STORAGE_KEY = 'keepwell.theme';

/** The stored theme; `system` if there is none or it is invalid. */
export function parseTheme(remembered: string | null): Theme {
  return THEMES.find((theme) => theme === remembered) ?? 'system';
}

/** A browser may even refuse to say where its storage is, so it is opened here. */
type OpenStorage = () => Pick<Storage, 'getItem' | 'setItem'>;

const browserStorage: OpenStorage = () => localStorage;

/** The theme stored in this browser; the system's if the browser denies its storage. */
export function rememberedTheme(open = browserStorage): Theme {
  try {
    return parseTheme(open().getItem(STORAGE_KEY));
  } catch {
    return 'system';
  }
}

/** Stores the theme; where the browser refuses that, it lasts until the page is closed. */
export function rememberTheme(theme: Theme, open = browserStorage): void {
  try {
    open().setItem(STORAGE_KEY, theme);
  } catch {
    // The page has the theme already; nobody is asked to do anything about it.
  }
}

/** The theme that the page has now. */
export function appliedTheme(root: HTMLElement): Theme {
  return parseTheme(root.dataset['theme'] ?? null);
}

/** Sets the theme of the page: the CSS follows `data-theme`, or the system if that is absent. */
export function applyTheme(theme: Theme, root: HTMLElement): void {
  if (theme === 'system') root.removeAttribute('data-theme');
  else root.dataset['theme'] = theme;
}
