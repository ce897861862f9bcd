import { nearestBox, type Direction } from './nearest';

const FOCUSABLE = 'button, a[href], input, select, textarea';
const DIRECTIONS: ReadonlyMap<string, Direction> = new Map([
  ['pad:12', { across: 0, down: -1 }],
  ['pad:13', { across: 0, down: 1 }],
  ['pad:14', { across: -1, down: 0 }],
  ['pad:15', { across: 1, down: 0 }],
]);
const [A, B] = ['pad:0', 'pad:1'];
const MARK = 'data-pad-focus';

export interface PadFocus {
  /** The part of the page in which the focus moves. */
  readonly scope: HTMLElement;
  readonly onBack: () => void;
}

/**
 * Lets a gamepad use buttons and fields: the D-pad moves the focus, A activates, B goes back. These stay what they are,
 * whatever the player binds for the match.
 */
export function handlePadFocus(trigger: string, { scope, onBack }: PadFocus): void {
  const focused = document.activeElement;
  const direction = DIRECTIONS.get(trigger);
  const key = focused === null ? null : keyFor(focused, trigger, direction);
  if (focused !== null && key !== null) pressKey(focused, key);
  else if (trigger === B) onBack();
  else if (focused === null || !scope.contains(focused) || focused === scope) focusFirst(scope);
  else if (trigger === A && focused instanceof HTMLElement) focused.click();
  else if (direction !== undefined) moveFocus(scope, focused, direction);
}

/** The key for what uses keys itself: an open list, or a slider for its own direction. */
function keyFor(focused: Element, trigger: string, direction: Direction | undefined): string | null {
  const isList = focused.closest('[role="listbox"]') !== null;
  if (isList && trigger === A) return 'Enter';
  if (isList && trigger === B) return 'Escape';
  if (direction === undefined) return null;
  if (isList) return direction.down > 0 ? 'ArrowDown' : direction.down < 0 ? 'ArrowUp' : null;
  if (!focused.matches('input[type="range"]') || direction.across === 0) return null;
  return direction.across > 0 ? 'ArrowRight' : 'ArrowLeft';
}

function pressKey(focused: Element, key: string): void {
  for (const type of ['keydown', 'keyup'])
    focused.dispatchEvent(new KeyboardEvent(type, { key, code: key, bubbles: true, cancelable: true }));
}

/** What the scope is for comes first. */
function focusFirst(scope: HTMLElement): void {
  const all = focusableIn(scope);
  const first = all.find((each) => each.matches('.button-primary')) ?? all[0];
  if (first !== undefined) focus(first);
}

function moveFocus(scope: HTMLElement, focused: Element, direction: Direction): void {
  const all = focusableIn(scope);
  const others = all.filter((each) => each !== focused);
  const boxes = others.map((each) => outlined(each).getBoundingClientRect());
  const nearest = nearestBox(outlined(focused).getBoundingClientRect(), boxes, direction);
  // At an edge, the order of the page leads on: so everything can be reached.
  const following = all.findIndex((each) => each === focused) + direction.across + direction.down;
  const next = nearest === null ? all[following] : others[nearest];
  if (next !== undefined) focus(next);
}

function focusableIn(scope: HTMLElement): readonly HTMLElement[] {
  return [...scope.querySelectorAll<HTMLElement>(FOCUSABLE)].filter(
    (each) =>
      !each.matches(':disabled, button[tabindex="-1"], [aria-hidden="true"]') &&
      each.getClientRects().length > 0,
  );
}

/** The browser shows no ring for a focus that a script moves after a click: this mark does. */
function focus(element: HTMLElement): void {
  element.focus();
  const box = outlined(element);
  box.scrollIntoView({ block: 'nearest' });
  box.setAttribute(MARK, '');
  element.addEventListener(
    'blur',
    () => {
      box.removeAttribute(MARK);
    },
    { once: true },
  );
}

/** What is seen of a field, which itself may be hidden. */
function outlined(element: Element): Element {
  const part = element.matches('input[type="range"]') ? '[role="group"]' : 'label';
  return element.closest(part) ?? element;
}
