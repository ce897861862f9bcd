/** The choice of colours: the system's, or one that overrides it. */
export const THEMES = ['light', 'dark', 'system'] as const;
export type Theme = (typeof THEMES)[number];

const STORAGE_KEY = 'keepwell.theme';

/** What was remembered; the system's where nothing or nonsense was. */
export function parseTheme(remembered: string | null): Theme {
  return THEMES.find((theme) => theme === remembered) ?? 'system';
}

export function rememberedTheme(storage: Storage): Theme {
  return parseTheme(storage.getItem(STORAGE_KEY));
}

export function rememberTheme(theme: Theme, storage: Storage): void {
  storage.setItem(STORAGE_KEY, theme);
}

/** Shows the theme on the page: the tokens follow `data-theme`, and without it the system. */
export function applyTheme(theme: Theme, root: HTMLElement): void {
  if (theme === 'system') root.removeAttribute('data-theme');
  else root.dataset['theme'] = theme;
}
