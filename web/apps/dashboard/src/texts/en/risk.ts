export const risk = {
  money: { mrr: 'MRR', spend: 'spend', none: '' },
  noMoney: 'no amount of money is known',
  noReason: 'No single reason stands out',
  moreReasons: (count: number) => `+${count}`,
  steps: { call: 'Call', mail: 'Mail', findContact: 'Find contact' },
  stepFor: (step: string, name: string) => `${step} ${name}`,
  site: {
    moved: (to: string, since: string) => `Their site has led to ${to} since ${since}`,
    silent: (since: string) => `Their site has not answered since ${since}`,
    answers: (status: number, since: string) => `Their site has answered ${status} since ${since}`,
  },
  page: {
    moved: (page: string, to: string, since: string) => `Their page ${page} has led to ${to} since ${since}`,
    silent: (page: string, since: string) => `Their page ${page} has not answered since ${since}`,
    answers: (page: string, status: number, since: string) =>
      `Their page ${page} has answered ${status} since ${since}`,
  },
};
