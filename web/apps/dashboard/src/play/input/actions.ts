/**
 * Everything that a key, button or gesture can be bound to, with its label in the settings. There is an action for each
 * kind of thing to do, never for a single tower: a new tower needs no new action.
 */
export const ACTIONS = {
  'cursor-left': 'Cursor left',
  'cursor-right': 'Cursor right',
  'cursor-up': 'Cursor up',
  'cursor-down': 'Cursor down',
  choose: 'Build here, or select a tower',
  cancel: 'Cancel',
  'tower-by-number': 'Place a tower by its number',
  'next-tower': 'Place the next tower',
  'previous-tower': 'Place the previous tower',
  upgrade: 'Upgrade, or first branch',
  'upgrade-second': 'Second branch',
  sell: 'Sell the selected tower',
  target: 'Next targeting mode',
  pause: 'Pause or resume',
  'next-wave': 'Start the next wave',
  faster: 'Faster',
  slower: 'Slower',
  'auto-start': 'Start waves automatically',
  'zoom-in': 'Zoom in',
  'zoom-out': 'Zoom out',
  'whole-map': 'Show the whole map',
  fullscreen: 'Full screen',
  mute: 'Mute or unmute',
  debug: 'Debug overlay',
} as const;

export type Action = keyof typeof ACTIONS;
export const ACTION_NAMES = Object.keys(ACTIONS) as readonly Action[];
