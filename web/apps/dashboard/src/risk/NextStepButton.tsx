import type { SaveListEntry } from '@keepwell/api';
import { Icon, type IconName } from '@keepwell/ui';
import { Link } from '@tanstack/react-router';

import { texts } from '../texts';
import { nextStep, type NextStep } from './next-step';

const { steps, stepFor } = texts.risk;
const ICONS: Record<NextStep['kind'], IconName> = { call: 'phone', mail: 'mail', findContact: 'person' };

/** The one button of a row: what to do next. */
export function NextStepButton({ item }: { readonly item: SaveListEntry }) {
  const step = nextStep(item);
  const content = (
    <>
      <Icon name={ICONS[step.kind]} />
      <span className="step-verb">{steps[step.kind]}</span>
    </>
  );
  const common = {
    className: 'button button-secondary button-small step-button',
    'aria-label': stepFor(steps[step.kind], item.contact?.name ?? item.name),
  };
  if (step.kind !== 'findContact') {
    return (
      <a {...common} href={step.href} title={item.contact?.name ?? undefined}>
        {content}
      </a>
    );
  }
  return (
    <Link {...common} to="/accounts/$accountId" params={{ accountId: item.account_id }}>
      {content}
    </Link>
  );
}
