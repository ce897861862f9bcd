import type { Point } from '../render/camera';

export interface Press {
  readonly id: number;
  readonly point: Point;
  /** `mouse`, `pen` or `touch`. */
  readonly device: string;
  /** The mouse button. */
  readonly button: number;
  readonly time: number;
}

/** Receives the gestures of fingers and the mouse. */
export interface GestureListener {
  /** A press and release in one place: `mouse:0`, `touch:tap`, `touch:hold`, `touch:two`. */
  readonly onTrigger: (trigger: string, point: Point) => void;
  /** The mouse moved with no button down. */
  readonly onHover: (point: Point) => void;
  readonly onPan: (by: Point) => void;
  readonly onPinch: (factor: number, point: Point) => void;
}

/** A press that moves fewer pixels than this is a tap, not a drag. */
const TAP_TOLERANCE = 9;
const HOLD_MILLISECONDS = 550;

interface Finger {
  readonly start: Press;
  point: Point;
}

/** Recognizes taps, holds, drags and pinches in the pointer events of any device. */
export class Gestures {
  private readonly fingers = new Map<number, Finger>();
  private hasMoved = false;
  private mostFingers = 0;

  constructor(private readonly listener: GestureListener) {}

  down(press: Press): void {
    if (this.fingers.size === 0) {
      this.hasMoved = false;
      this.mostFingers = 0;
    }
    this.fingers.set(press.id, { start: press, point: press.point });
    this.mostFingers = Math.max(this.mostFingers, this.fingers.size);
  }

  move(id: number, point: Point): void {
    const finger = this.fingers.get(id);
    if (finger === undefined) {
      this.listener.onHover(point);
      return;
    }
    if (distance(point, finger.start.point) > TAP_TOLERANCE) this.hasMoved = true;
    const before = finger.point;
    if (this.hasMoved && this.fingers.size === 1) {
      this.listener.onPan({ x: point.x - before.x, y: point.y - before.y });
    }
    if (this.fingers.size === 2) this.pinch(id, before, point);
    finger.point = point;
  }

  up(id: number, time: number): void {
    const finger = this.fingers.get(id);
    this.fingers.delete(id);
    if (finger === undefined || this.hasMoved || this.fingers.size > 0) return;
    this.listener.onTrigger(this.triggerOf(finger.start, time), finger.point);
  }

  cancel(id: number): void {
    this.fingers.delete(id);
    this.hasMoved = true;
  }

  private triggerOf({ device, button, time: start }: Press, time: number): string {
    if (device !== 'touch') return `mouse:${button}`;
    if (this.mostFingers > 1) return 'touch:two';
    return time - start > HOLD_MILLISECONDS ? 'touch:hold' : 'touch:tap';
  }

  private pinch(id: number, before: Point, after: Point): void {
    const other = [...this.fingers.entries()].find(([each]) => each !== id)?.[1];
    if (other === undefined) return;
    const oldDistance = distance(before, other.point);
    if (Math.abs(distance(after, other.point) - oldDistance) > TAP_TOLERANCE / 2) this.hasMoved = true;
    if (!this.hasMoved || oldDistance === 0) return;
    const middle = { x: (after.x + other.point.x) / 2, y: (after.y + other.point.y) / 2 };
    this.listener.onPinch(distance(after, other.point) / oldDistance, middle);
    this.listener.onPan({ x: (after.x - before.x) / 2, y: (after.y - before.y) / 2 });
  }
}

function distance(one: Point, other: Point): number {
  return Math.hypot(one.x - other.x, one.y - other.y);
}
