export const common = {
  unknown: 'unknown',
  close: 'Close',
  undo: 'Undo',
  shown: (shown: string) => `${shown} shown`,
  shownOf: (shown: string, all: string) => `${shown} of ${all} shown`,
  allShown: (all: string) => `All ${all} shown`,
  showMore: 'Show more',
  loading: 'Loading…',
  policy: (name: string) => `policy: ${name}`,
  never: 'Never',
  none: '–',
  refusal: {
    title: 'Your role may not see this',
    detail: (role: string) => `You are signed in as ${role}. An owner can give you another role.`,
    roles: { owner: 'owner', admin: 'admin', analyst: 'analyst', agent: 'agent' },
  },
};
