import { updateWorkspace, type Policies, type Policy, type WorkspaceSettings } from '@keepwell/api';

import { shown, useWrite, type WriteHandle } from '../../offline';
import { policiesQuery, workspaceQuery } from '../../queries/settings/workspace';
import { notices } from '../../shell/notices/notices';
import { texts } from '../../texts';

const words = texts.settings.policy;

interface Chosen {
  readonly policy: Policy;
  readonly before: Policy | undefined;
  readonly version: number;
}

/** Chooses the policy at once, and offers the one before for eight seconds. */
export function useChoosePolicy(policies: Policies) {
  const write: WriteHandle<Chosen> = useWrite<Chosen, WorkspaceSettings>({
    endpoint: ({ policy }) => updateWorkspace({ body: { policy: policy.name } }),
    label: ({ policy }) => words.change(policy.title),
    ifMatch: ({ version }) => `"${version}"`,
    shows: ({ policy }) => [
      shown<Policies>(policiesQuery().queryKey, (data) => ({ ...data, of_workspace: policy.name })),
    ],
    affects: () => [policiesQuery().queryKey, workspaceQuery().queryKey, ['metrics']],
    onSaved: (saved, { policy, before }) => {
      if (saved === undefined || before === undefined) return;
      const undone = { policy: before, before: policy, version: saved.version };
      notices.say(words.changed(policy.title), {
        label: texts.common.undo,
        run: () => {
          write.write(undone);
        },
      });
    },
  });
  const choose = (policy: Policy, { version }: WorkspaceSettings) => {
    const before = policies.items.find(({ name }) => name === policies.of_workspace);
    if (policy.name !== before?.name) write.write({ policy, before, version });
  };
  return { ...write, choose };
}
