import * as v from 'valibot';

import { ACTION_NAMES, type Action } from './actions';

/**
 * An input as text: `key:KeyU` (the physical key, whatever is printed on it), `mouse:0`, `wheel:up`, `touch:hold`,
 * `pad:3` (a button of the standard gamepad).
 */
export type Trigger = string;

/** The triggers of each action; a trigger belongs to at most one action. */
export type InputMap = Readonly<Record<Action, readonly Trigger[]>>;

export const DEFAULT_INPUT_MAP: InputMap = {
  'cursor-left': ['key:ArrowLeft', 'pad:14'],
  'cursor-right': ['key:ArrowRight', 'pad:15'],
  'cursor-up': ['key:ArrowUp', 'pad:12'],
  'cursor-down': ['key:ArrowDown', 'pad:13'],
  choose: ['key:Enter', 'mouse:0', 'touch:tap', 'pad:0'],
  cancel: ['key:Escape', 'mouse:2', 'touch:hold', 'pad:1'],
  'build-1': ['key:Digit1', 'key:Numpad1'],
  'build-2': ['key:Digit2', 'key:Numpad2'],
  'build-3': ['key:Digit3', 'key:Numpad3'],
  'build-4': ['key:Digit4', 'key:Numpad4'],
  'build-5': ['key:Digit5', 'key:Numpad5'],
  'build-6': ['key:Digit6', 'key:Numpad6'],
  upgrade: ['key:KeyU', 'pad:3'],
  'upgrade-second': ['key:KeyI'],
  sell: ['key:KeyS', 'key:Delete', 'pad:2'],
  target: ['key:KeyT', 'pad:6'],
  pause: ['key:Space', 'touch:two', 'pad:9'],
  'next-wave': ['key:KeyN', 'pad:8'],
  faster: ['key:Equal', 'key:NumpadAdd', 'pad:5'],
  slower: ['key:Minus', 'key:NumpadSubtract', 'pad:4'],
  'auto-start': ['key:KeyG'],
  'zoom-in': ['key:PageUp', 'wheel:up'],
  'zoom-out': ['key:PageDown', 'wheel:down'],
  'whole-map': ['key:Home', 'pad:7'],
  mute: ['key:KeyM'],
  debug: ['key:F2', 'key:Backquote'],
};

export function actionOf(map: InputMap, trigger: Trigger): Action | null {
  return ACTION_NAMES.find((action) => map[action].includes(trigger)) ?? null;
}

/** Gives the trigger to the action and takes it from any other. */
export function bind(map: InputMap, action: Action, trigger: Trigger): InputMap {
  const without = mapTriggers(map, (triggers) => triggers.filter((each) => each !== trigger));
  return { ...without, [action]: [...without[action], trigger] };
}

export function unbind(map: InputMap, action: Action, trigger: Trigger): InputMap {
  return { ...map, [action]: map[action].filter((each) => each !== trigger) };
}

/** Reads a saved map; actions that are missing or invalid get their defaults. */
export function readInputMap(saved: unknown): InputMap {
  const parsed = v.safeParse(v.record(v.string(), v.unknown()), saved);
  const entries = parsed.success ? parsed.output : {};
  const triggers = v.array(v.pipe(v.string(), v.regex(/^(key|mouse|wheel|touch|pad):\w+$/)));
  const read = Object.fromEntries(
    ACTION_NAMES.map((action) => {
      const own = v.safeParse(triggers, entries[action]);
      return [action, own.success ? own.output : DEFAULT_INPUT_MAP[action]];
    }),
  ) as InputMap;
  return withoutRepeats(read);
}

/** If two actions have the same trigger, the first keeps it. */
function withoutRepeats(map: InputMap): InputMap {
  const used = new Set<Trigger>();
  return mapTriggers(map, (triggers) =>
    triggers.filter((trigger) => {
      const isFirst = !used.has(trigger);
      used.add(trigger);
      return isFirst;
    }),
  );
}

function mapTriggers(map: InputMap, change: (triggers: readonly Trigger[]) => readonly Trigger[]): InputMap {
  return Object.fromEntries(
    ACTION_NAMES.map((action) => [action, change(map[action])]),
  ) as unknown as InputMap;
}

const MOUSE_BUTTONS = ['Left click', 'Middle click', 'Right click'];
const PAD_BUTTONS = [
  'A', 'B', 'X', 'Y', 'LB', 'RB', 'LT', 'RT', 'Back', 'Start', 'Left stick', 'Right stick', 'D-pad up', 'D-pad down',
  'D-pad left', 'D-pad right',
]; // prettier-ignore
const TOUCHES: Readonly<Record<string, string>> = { tap: 'Tap', hold: 'Long press', two: 'Two-finger tap' };
const KEYS: Readonly<Record<string, string>> = {
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  Equal: '+',
  Minus: '−',
  Escape: 'Esc',
  Backquote: '`',
  NumpadAdd: 'Numpad +',
  NumpadSubtract: 'Numpad −',
};

/** The name of a trigger, for buttons and the settings. */
export function triggerLabel(trigger: Trigger): string {
  const [device, name = ''] = trigger.split(':');
  if (device === 'mouse') return MOUSE_BUTTONS[Number(name)] ?? `Mouse ${name}`;
  if (device === 'wheel') return `Wheel ${name}`;
  if (device === 'touch') return TOUCHES[name] ?? name;
  if (device === 'pad') return `Pad ${PAD_BUTTONS[Number(name)] ?? name}`;
  return KEYS[name] ?? name.replace(/^(Key|Digit)/, '').replace(/^Numpad(?=\d)/, 'Numpad ');
}

/** The first key of an action, for the hint on its button; null if it has none. */
export function keyHint(map: InputMap, action: Action): string | null {
  const key = map[action].find((trigger) => trigger.startsWith('key:'));
  return key === undefined ? null : triggerLabel(key);
}
