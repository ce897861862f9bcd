/** Everything that a key, a button or a gesture may be bound to, with what the settings call it. */
export const ACTIONS = {
  'cursor-left': 'Cursor left',
  'cursor-right': 'Cursor right',
  'cursor-up': 'Cursor up',
  'cursor-down': 'Cursor down',
  choose: 'Build here, or choose a tower',
  cancel: 'Put away what is chosen',
  'build-1': 'Bolt tower in hand',
  'build-2': 'Burst tower in hand',
  'build-3': 'Frost tower in hand',
  'build-4': 'Arc tower in hand',
  'build-5': 'Mortar in hand',
  'build-6': 'Beacon in hand',
  upgrade: 'Upgrade, or the first branch',
  'upgrade-second': 'The second branch',
  sell: 'Sell the tower',
  target: 'Next way of targeting',
  pause: 'Pause and go on',
  'next-wave': 'Next wave now',
  faster: 'Faster',
  slower: 'Slower',
  'auto-start': 'Waves by themselves, on and off',
  'zoom-in': 'Zoom in',
  'zoom-out': 'Zoom out',
  'whole-map': 'The whole map',
  mute: 'Sounds on and off',
  debug: 'What the core sees',
} as const;

export type Action = keyof typeof ACTIONS;
export const ACTION_NAMES = Object.keys(ACTIONS) as readonly Action[];
