import type { Point } from '../render/camera';

export interface Press {
  readonly id: number;
  readonly point: Point;
  /** `mouse`, `pen` or `touch`. */
  readonly device: string;
  /** The mouse's button. */
  readonly button: number;
  readonly time: number;
}

/** What the board is told of fingers and the mouse. */
export interface GestureListener {
  /** A press and release in one place: `mouse:0`, `touch:tap`, `touch:hold`, `touch:two`. */
  readonly onTrigger: (trigger: string, point: Point) => void;
  /** The mouse moves with no button down. */
  readonly onHover: (point: Point) => void;
  readonly onPan: (by: Point) => void;
  readonly onPinch: (factor: number, point: Point) => void;
}

/** What moves less than so many pixels is a tap, not a drag. */
const STILL = 9;
const HOLD_MILLISECONDS = 550;

interface Finger {
  readonly start: Press;
  point: Point;
}

/** Tells taps, holds, drags and pinches apart, from pointer events of any device. */
export class Gestures {
  private readonly fingers = new Map<number, Finger>();
  private isMoved = false;
  private most = 0;

  constructor(private readonly listener: GestureListener) {}

  down(press: Press): void {
    if (this.fingers.size === 0) {
      this.isMoved = false;
      this.most = 0;
    }
    this.fingers.set(press.id, { start: press, point: press.point });
    this.most = Math.max(this.most, this.fingers.size);
  }

  move(id: number, point: Point): void {
    const finger = this.fingers.get(id);
    if (finger === undefined) {
      this.listener.onHover(point);
      return;
    }
    if (distance(point, finger.start.point) > STILL) this.isMoved = true;
    const before = finger.point;
    if (this.isMoved && this.fingers.size === 1) {
      this.listener.onPan({ x: point.x - before.x, y: point.y - before.y });
    }
    if (this.fingers.size === 2) this.pinch(id, before, point);
    finger.point = point;
  }

  up(id: number, time: number): void {
    const finger = this.fingers.get(id);
    this.fingers.delete(id);
    if (finger === undefined || this.isMoved || this.fingers.size > 0) return;
    this.listener.onTrigger(this.triggerOf(finger.start, time), finger.point);
  }

  cancel(id: number): void {
    this.fingers.delete(id);
    this.isMoved = true;
  }

  private triggerOf({ device, button, time: began }: Press, time: number): string {
    if (device !== 'touch') return `mouse:${button}`;
    if (this.most > 1) return 'touch:two';
    return time - began > HOLD_MILLISECONDS ? 'touch:hold' : 'touch:tap';
  }

  private pinch(id: number, before: Point, after: Point): void {
    const other = [...this.fingers.entries()].find(([each]) => each !== id)?.[1];
    if (other === undefined) return;
    const was = distance(before, other.point);
    if (Math.abs(distance(after, other.point) - was) > STILL / 2) this.isMoved = true;
    if (!this.isMoved || was === 0) return;
    const middle = { x: (after.x + other.point.x) / 2, y: (after.y + other.point.y) / 2 };
    this.listener.onPinch(distance(after, other.point) / was, middle);
    this.listener.onPan({ x: (after.x - before.x) / 2, y: (after.y - before.y) / 2 });
  }
}

function distance(one: Point, other: Point): number {
  return Math.hypot(one.x - other.x, one.y - other.y);
}
