/** The part of a `Gamepad` that is read. */
export interface Pad {
  readonly buttons: readonly { readonly pressed: boolean }[];
  readonly axes: readonly number[];
}

/** How far a stick must be pushed to count. */
const THRESHOLD = 0.5;
const FIRST_REPEAT = 350;
const NEXT_REPEAT = 110;
/** Buttons of the standard gamepad; the left stick acts like its D-pad. */
const D_PAD = { up: 12, down: 13, left: 14, right: 15 } as const;
const REPEATED: ReadonlySet<number> = new Set(Object.values(D_PAD));

/** Turns button states into triggers: one when a button goes down, and repeats while the D-pad is held. */
export class Gamepads {
  private readonly nextRepeat = new Map<number, number>();

  /** The triggers since the last call; `now` is in milliseconds. */
  triggers(pads: readonly (Pad | null)[], now: number): readonly string[] {
    const down = new Set(pads.flatMap((pad) => (pad === null ? [] : pressed(pad))));
    for (const button of this.nextRepeat.keys()) if (!down.has(button)) this.nextRepeat.delete(button);
    return [...down].filter((button) => this.isDue(button, now)).map((button) => `pad:${button}`);
  }

  private isDue(button: number, now: number): boolean {
    const next = this.nextRepeat.get(button);
    if (next === undefined) {
      this.nextRepeat.set(button, now + FIRST_REPEAT);
      return true;
    }
    if (!REPEATED.has(button) || now < next) return false;
    this.nextRepeat.set(button, now + NEXT_REPEAT);
    return true;
  }
}

function pressed({ buttons, axes: [x = 0, y = 0] }: Pad): readonly number[] {
  const pushed = buttons.flatMap((button, number) => (button.pressed ? [number] : []));
  return [
    ...pushed,
    ...(x < -THRESHOLD ? [D_PAD.left] : x > THRESHOLD ? [D_PAD.right] : []),
    ...(y < -THRESHOLD ? [D_PAD.up] : y > THRESHOLD ? [D_PAD.down] : []),
  ];
}
