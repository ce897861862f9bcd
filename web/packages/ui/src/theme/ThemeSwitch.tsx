import { useState } from 'react';

import { Icon } from '../Icon';
import { SegmentedControl } from '../SegmentedControl';
import { applyTheme, rememberTheme, rememberedTheme, type Theme } from './theme';

const CHOICES = [
  { id: 'light', label: 'Light', icon: <Icon name="sun" /> },
  { id: 'dark', label: 'Dark', icon: <Icon name="moon" /> },
  { id: 'system', label: 'System', icon: <Icon name="screen" /> },
] as const;

/** Light, dark or the system's theme; stored in this browser. */
export function ThemeSwitch() {
  const [theme, setTheme] = useState(() => rememberedTheme(localStorage));
  const choose = (chosen: Theme) => {
    rememberTheme(chosen, localStorage);
    applyTheme(chosen, document.documentElement);
    setTheme(chosen);
  };
  return <SegmentedControl label="Theme" choices={CHOICES} value={theme} onChange={choose} iconsOnly />;
}
