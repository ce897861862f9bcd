/** How a view steps through time, and what it is compared with. */

export const STEPS = ['day', 'week', 'month', 'quarter', 'year'] as const;
export type Step = (typeof STEPS)[number];
export type Against = 'year' | 'previous' | 'off';
