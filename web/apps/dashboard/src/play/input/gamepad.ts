/** What of a gamepad is read. */
export interface Pad {
  readonly buttons: readonly { readonly pressed: boolean }[];
  readonly axes: readonly number[];
}

/** A stick counts once it is pushed so far. */
const PUSHED = 0.5;
const REPEAT_FIRST = 350;
const REPEAT = 110;
/** The left stick does what the cross of the standard gamepad does. */
const CROSS = { up: 12, down: 13, left: 14, right: 15 } as const;
const REPEATED: ReadonlySet<number> = new Set(Object.values(CROSS));

/** Turns what gamepads hold into triggers: once when a button goes down, and again while the cross is held. */
export class Gamepads {
  private readonly held = new Map<number, number>();

  /** The triggers since the last call; `now` is in milliseconds. */
  triggers(pads: readonly (Pad | null)[], now: number): readonly string[] {
    const down = new Set(pads.flatMap((pad) => (pad === null ? [] : pressed(pad))));
    for (const button of this.held.keys()) if (!down.has(button)) this.held.delete(button);
    return [...down].filter((button) => this.isDue(button, now)).map((button) => `pad:${button}`);
  }

  private isDue(button: number, now: number): boolean {
    const next = this.held.get(button);
    if (next === undefined) {
      this.held.set(button, now + REPEAT_FIRST);
      return true;
    }
    if (!REPEATED.has(button) || now < next) return false;
    this.held.set(button, now + REPEAT);
    return true;
  }
}

function pressed({ buttons, axes: [x = 0, y = 0] }: Pad): readonly number[] {
  const pushed = buttons.flatMap((button, number) => (button.pressed ? [number] : []));
  return [
    ...pushed,
    ...(x < -PUSHED ? [CROSS.left] : x > PUSHED ? [CROSS.right] : []),
    ...(y < -PUSHED ? [CROSS.up] : y > PUSHED ? [CROSS.down] : []),
  ];
}
