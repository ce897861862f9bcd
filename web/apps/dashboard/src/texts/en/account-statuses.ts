import type { AccountItem } from '@keepwell/api';

/** Where an account stands, in the list and on its page. */
export const accountStatuses: Record<AccountItem['status'], string> = {
  active: 'Active',
  trial: 'Trial',
  prospect: 'Prospect',
  churned: 'Churned',
};
