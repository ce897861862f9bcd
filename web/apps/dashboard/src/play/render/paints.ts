import type { Paint } from './scene';

/** The palette of Okabe and Ito, whose colours can be told apart with any colour vision. */
export const PALETTE = {
  orange: '#e69f00',
  skyBlue: '#56b4e9',
  bluishGreen: '#009e73',
  yellow: '#f0e442',
  blue: '#0072b2',
  vermillion: '#d55e00',
  reddishPurple: '#cc79a7',
} as const;

const HEALTHY = 0.6;
const HURT = 0.3;
const BAR_HEIGHT = 0.09;

/** A health bar: the length shows the health, and the colour repeats it. Widths are in cells. */
export function healthBar(width: number, health: number): Paint {
  const colour = health > HEALTHY ? PALETTE.bluishGreen : health > HURT ? PALETTE.yellow : PALETTE.vermillion;
  return (context) => {
    context.fillStyle = 'rgb(10 14 20 / 75%)';
    context.fillRect(-width / 2 - 0.02, -0.02, width + 0.04, BAR_HEIGHT + 0.04);
    context.fillStyle = colour;
    context.fillRect(-width / 2, 0, width * health, BAR_HEIGHT);
  };
}

/** A tower's range: a light line on a dark one, visible on any ground. */
export function rangeRing(radius: number, tone: 'allowed' | 'refused'): Paint {
  const colour = tone === 'allowed' ? PALETTE.skyBlue : PALETTE.vermillion;
  return (context) => {
    context.beginPath();
    context.arc(0, 0, radius, 0, 2 * Math.PI);
    context.fillStyle = `${colour}26`;
    context.fill();
    context.lineWidth = 0.09;
    context.strokeStyle = 'rgb(10 14 20 / 55%)';
    context.stroke();
    context.lineWidth = 0.045;
    context.setLineDash(tone === 'allowed' ? [] : [0.2, 0.15]);
    context.strokeStyle = colour;
    context.stroke();
    context.setLineDash([]);
  };
}

/** A ring around a creep: bright on dark, so that it is visible on any ground. */
export function creepRing(radius: number, isWatched: boolean): Paint {
  return (context) => {
    context.beginPath();
    context.arc(0, 0, radius, 0, 2 * Math.PI);
    context.lineWidth = 0.14;
    context.strokeStyle = 'rgb(10 14 20 / 80%)';
    context.stroke();
    context.lineWidth = 0.08;
    context.strokeStyle = isWatched ? PALETTE.yellow : '#fff';
    context.stroke();
  };
}

/** The frame of the cell under the cursor. */
export function cursorFrame(): Paint {
  const half = 0.5;
  const arm = 0.22;
  return (context) => {
    context.beginPath();
    for (const [across, down] of [
      [-1, -1],
      [1, -1],
      [1, 1],
      [-1, 1],
    ] as const) {
      context.moveTo(across * half, down * (half - arm));
      context.lineTo(across * half, down * half);
      context.lineTo(across * (half - arm), down * half);
    }
    context.lineJoin = 'round';
    context.lineCap = 'round';
    context.lineWidth = 0.14;
    context.strokeStyle = 'rgb(10 14 20 / 70%)';
    context.stroke();
    context.lineWidth = 0.07;
    context.strokeStyle = '#fff';
    context.stroke();
  };
}

/** Lightning from the origin to a point; its shape depends on the seed. */
export function lightning(across: number, down: number, seed: number): Paint {
  const steps = 5;
  return (context) => {
    context.beginPath();
    context.moveTo(0, 0);
    for (let step = 1; step < steps; step++) {
      const aside = Math.sin(seed * 12.9898 + step * 78.233) * 0.16;
      const share = step / steps;
      context.lineTo(across * share - down * 0.2 * aside, down * share + across * 0.2 * aside + aside);
    }
    context.lineTo(across, down);
    context.lineJoin = 'round';
    context.lineWidth = 0.16;
    context.strokeStyle = `${PALETTE.skyBlue}88`;
    context.stroke();
    context.lineWidth = 0.06;
    context.strokeStyle = '#fff';
    context.stroke();
  };
}

/** A short text, centered. */
export function label(text: string, colour: string): Paint {
  return (context) => {
    context.font = '700 0.42px system-ui, sans-serif';
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    context.lineJoin = 'round';
    context.lineWidth = 0.12;
    context.strokeStyle = 'rgb(10 14 20 / 80%)';
    context.strokeText(text, 0, 0);
    context.fillStyle = colour;
    context.fillText(text, 0, 0);
  };
}
