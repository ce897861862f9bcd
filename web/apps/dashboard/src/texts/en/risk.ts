export const risk = {
  money: { mrr: 'MRR', spend: 'spend', none: '' },
  noMoney: 'no amount of money is known',
  noReason: 'No single reason stands out',
  moreReasons: (count: number) => `+${count}`,
  steps: { call: 'Call', mail: 'Mail', findContact: 'Find contact' },
  stepFor: (step: string, name: string) => `${step} ${name}`,
};
