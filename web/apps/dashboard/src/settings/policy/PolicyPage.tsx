import type { Policies, Policy, WorkspaceSettings } from '@keepwell/api';
import { Section, Tag } from '@keepwell/ui';
import { useQuery } from '@tanstack/react-query';

import { ConflictDialog } from '../../conflict/ConflictDialog';
import { FormProblem } from '../../forms/FormProblem';
import { policiesQuery, workspaceQuery } from '../../queries/settings/workspace';
import { Loaded } from '../../shell/Loaded';
import { RowsLoading } from '../../shell/RowsLoading';
import { useMay } from '../../shell/session';
import { texts } from '../../texts';
import { SettingsFrame } from '../SettingsFrame';
import { ContactCostForm } from './ContactCostForm';
import { HoldoutForm } from './HoldoutForm';
import { useChoosePolicy } from './use-choose-policy';

const words = texts.settings.policy;

/** By which definitions the workspace counts, and what is left alone to measure the work. */
export function PolicyPage() {
  const policies = useQuery(policiesQuery());
  const settings = useQuery(workspaceQuery());
  return (
    <SettingsFrame title={words.title} purpose={words.purpose} search={{}}>
      <div className="columns settings-columns">
        <div className="span-7">
          <Section title={words.choose}>
            <Loaded query={policies} loading={<RowsLoading label={words.loading} rows={6} />}>
              {(found) => <PolicyChoice policies={found} settings={settings.data} />}
            </Loaded>
          </Section>
        </div>
        <aside className="span-5 settings-rail" aria-label={words.holdout.title}>
          <Loaded query={settings} loading={<RowsLoading label={words.loading} rows={3} />}>
            {(found) => (
              <>
                <HoldoutForm settings={found} />
                <ContactCostForm settings={found} />
              </>
            )}
          </Loaded>
        </aside>
      </div>
    </SettingsFrame>
  );
}

interface PolicyChoiceProps {
  readonly policies: Policies;
  readonly settings: WorkspaceSettings | undefined;
}

function PolicyChoice({ policies, settings }: PolicyChoiceProps) {
  const mayChoose = useMay('settings');
  const policy = useChoosePolicy(policies);
  const { conflict } = policy;
  return (
    <div className="policy" role="radiogroup" aria-label={words.choose}>
      {policies.items.map((one) => (
        <PolicyLine
          key={one.name}
          policy={one}
          isChosen={one.name === policies.of_workspace}
          onChoose={
            mayChoose && settings !== undefined
              ? () => {
                  policy.choose(one, settings);
                }
              : undefined
          }
        />
      ))}
      <p className="prose settings-form">{mayChoose ? words.recompute : words.mayNot}</p>
      <FormProblem error={policy.state === 'refused' ? policy.error : null} />
      {conflict === null ? null : (
        <ConflictDialog
          what={words.what}
          mine={{ policy: conflict.mine.policy.name }}
          theirs={conflict.theirs?.value ?? null}
          fields={[{ name: 'policy', label: words.field, show: (name) => titleOf(policies, name) }]}
          onKeepMine={policy.keepMine}
          onTakeTheirs={policy.reset}
          onLater={policy.reset}
        />
      )}
    </div>
  );
}

function titleOf({ items }: Policies, name: unknown): string {
  return items.find((one) => one.name === name)?.title ?? texts.common.unknown;
}

interface PolicyLineProps {
  readonly policy: Policy;
  readonly isChosen: boolean;
  readonly onChoose: (() => void) | undefined;
}

function PolicyLine({ policy, isChosen, onChoose }: PolicyLineProps) {
  const { title, summary, differs, uses_list_price, free_is_active } = policy;
  return (
    <label className="policy-choice">
      <input
        type="radio"
        name="policy"
        checked={isChosen}
        disabled={onChoose === undefined}
        onChange={onChoose}
      />
      <div>
        <span className="policy-name">{title}</span>
        <span>{summary}</span>
        {differs === '' ? null : <span className="muted">{differs}</span>}
        <span className="policy-marks">
          <Tag>{uses_list_price ? words.listPrice : words.paidPrice}</Tag>
          <Tag>{free_is_active ? words.freeActive : words.freeChurned}</Tag>
        </span>
      </div>
    </label>
  );
}
