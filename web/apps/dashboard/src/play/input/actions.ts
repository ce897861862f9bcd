/** Everything that a key, button or gesture can be bound to, with its label in the settings. */
export const ACTIONS = {
  'cursor-left': 'Cursor left',
  'cursor-right': 'Cursor right',
  'cursor-up': 'Cursor up',
  'cursor-down': 'Cursor down',
  choose: 'Build here, or select a tower',
  cancel: 'Cancel',
  'build-1': 'Place Bolt',
  'build-2': 'Place Burst',
  'build-3': 'Place Frost',
  'build-4': 'Place Arc',
  'build-5': 'Place Mortar',
  'build-6': 'Place Beacon',
  upgrade: 'Upgrade, or first branch',
  'upgrade-second': 'Second branch',
  sell: 'Sell the tower',
  target: 'Next targeting mode',
  pause: 'Pause or resume',
  'next-wave': 'Start the next wave',
  faster: 'Faster',
  slower: 'Slower',
  'auto-start': 'Start waves automatically',
  'zoom-in': 'Zoom in',
  'zoom-out': 'Zoom out',
  'whole-map': 'Show the whole map',
  mute: 'Mute or unmute',
  debug: 'Debug overlay',
} as const;

export type Action = keyof typeof ACTIONS;
export const ACTION_NAMES = Object.keys(ACTIONS) as readonly Action[];
