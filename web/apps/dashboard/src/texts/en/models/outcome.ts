/** What happened to accounts, in the words of each label: by inactivity nobody cancels, and what is lost is spend. */

/** The words that one label has for what happened to an account, and for what is lost with it. */
export interface Outcome {
  readonly leave: string;
  readonly left: string;
  readonly stayed: string;
  readonly whoLeft: string;
  readonly whoStayed: string;
  readonly departures: string;
  readonly expectedOver: string;
  readonly wouldLeave: string;
  readonly money: string;
  readonly atRisk: string;
}

export const OF_SUBSCRIPTIONS: Outcome = {
  leave: 'leave',
  left: 'left',
  stayed: 'stayed',
  whoLeft: 'those who left',
  whoStayed: 'those who stayed',
  departures: 'departures',
  expectedOver: 'Expected over left',
  wouldLeave: 'would have left',
  money: 'MRR',
  atRisk: 'Revenue at risk',
};

export const OF_INACTIVITY: Outcome = {
  leave: 'go quiet',
  left: 'went quiet',
  stayed: 'went on',
  whoLeft: 'those who went quiet',
  whoStayed: 'those who went on',
  departures: 'accounts that went quiet',
  expectedOver: 'Expected over quiet',
  wouldLeave: 'would have gone quiet',
  money: 'spend',
  atRisk: 'Spend at risk',
};

export function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
