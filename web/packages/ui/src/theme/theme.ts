/** The colour theme: the system's, or one that overrides it. */
export const THEMES = ['light', 'dark', 'system'] as const;
export type Theme = (typeof THEMES)[number];

const STORAGE_KEY = 'keepwell.theme';

/** The stored theme; `system` if there is none or it is invalid. */
export function parseTheme(remembered: string | null): Theme {
  return THEMES.find((theme) => theme === remembered) ?? 'system';
}

export function rememberedTheme(storage: Storage): Theme {
  return parseTheme(storage.getItem(STORAGE_KEY));
}

export function rememberTheme(theme: Theme, storage: Storage): void {
  storage.setItem(STORAGE_KEY, theme);
}

/** Sets the theme of the page: the CSS follows `data-theme`, or the system if that is absent. */
export function applyTheme(theme: Theme, root: HTMLElement): void {
  if (theme === 'system') root.removeAttribute('data-theme');
  else root.dataset['theme'] = theme;
}
