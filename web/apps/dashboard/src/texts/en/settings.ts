import { audit } from './settings/audit';
import { currency } from './settings/currency';
import { members } from './settings/members';
import { policy } from './settings/policy';
import { preferences } from './settings/preferences';
import { signIn } from './settings/sign-in';
import { tokens } from './settings/tokens';
import { webhooks } from './settings/webhooks';
import { workspace } from './settings/workspace';

export const settings = {
  title: 'Settings',
  tabs: {
    preferences: 'Preferences',
    signIn: 'Sign-in',
    members: 'Members',
    workspace: 'Workspace',
    policy: 'Policy',
    currency: 'Currency',
    tokens: 'Tokens',
    webhooks: 'Webhooks',
    audit: 'Audit log',
  },
  audit,
  currency,
  members,
  policy,
  preferences,
  signIn,
  tokens,
  webhooks,
  workspace,
};
