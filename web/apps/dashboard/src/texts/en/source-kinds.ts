/** Where rows and events come from. */
export const sourceKinds = {
  stripe: 'Stripe',
  files: 'Files',
  http: 'Events over HTTP',
  tail: 'Followed files',
};
