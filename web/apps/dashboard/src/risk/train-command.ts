import type { Label } from '@keepwell/api';

/** The command that trains a model of the same label once more; its days are the usual ones unless they are named. */
export function trainCommand(
  { name, active_within_days: within }: Label,
  horizonDays: number,
  suffix: string,
) {
  const command = `./keepwell churn train`;
  if (name === 'subscription') return command + suffix;
  const days = `--inactive-after ${horizonDays}${within === null ? '' : ` --active-within ${within}`}`;
  return `${command} --label inactivity ${days}${suffix}`;
}
