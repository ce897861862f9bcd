import { useState } from 'react';

import { Icon } from '../Icon';
import { SegmentedControl } from '../SegmentedControl';
import { appliedTheme, applyTheme, rememberTheme, type Theme } from './theme';

const CHOICES = [
  { id: 'light', label: 'Light', icon: <Icon name="sun" /> },
  { id: 'dark', label: 'Dark', icon: <Icon name="moon" /> },
  { id: 'system', label: 'System', icon: <Icon name="screen" /> },
] as const;

/** Light, dark or the system's theme; stored in this browser. */
export function ThemeSwitch() {
  const [theme, setTheme] = useState(() => appliedTheme(document.documentElement));
  const choose = (chosen: Theme) => {
    applyTheme(chosen, document.documentElement);
    rememberTheme(chosen);
    setTheme(chosen);
  };
  return <SegmentedControl label="Theme" choices={CHOICES} value={theme} onChange={choose} iconsOnly />;
}
