import { Button, FilterChip, formatDay, Icon, SegmentedControl } from '@keepwell/ui';
import { useQuery } from '@tanstack/react-query';

import { mrrQuery } from '../queries/revenue/metrics';
import { useKeys } from '../shell/keys/use-keys';
import { texts } from '../texts';
import { viewLabel } from './periods';
import { STEPS, type Step } from './steps';
import { AGAINSTS, POLICIES, type RevenueSearch } from './search';
import type { View } from './view';

const words = texts.revenue.controls;
const STEP_CHOICES = STEPS.map((id) => ({ id, label: words.steps[id] }));
const AGAINST_CHOICES = AGAINSTS.map((id) => ({ id, label: words.againsts[id] }));
const POLICY_CHOICES = POLICIES.map((id) => ({ id, label: texts.figures.policies[id].title }));

export interface ViewControlsProps {
  readonly view: View;
  readonly change: (changed: Partial<RevenueSearch>) => void;
  readonly move: (direction: -1 | 1) => void;
  readonly canMoveOn: boolean;
  /** Leaves out what does not move the page: the step and the comparison. */
  readonly isByMonth: boolean;
}

/** Which days a page is about, by which steps, compared with what, and counted how. All of it is in the address. */
export function ViewControls(props: ViewControlsProps) {
  const { view, change, move, canMoveOn, isByMonth } = props;
  const { by, againstWhat, policy } = view;
  const ofWorkspace = useQuery(mrrQuery()).data?.policy ?? 'default';
  const choose = (step: Step) => {
    change({ by: step === 'month' ? undefined : step });
  };
  usePeriodKeys(choose, move);
  return (
    <div className="controls revenue-controls" role="group" aria-label={words.label}>
      <div className="revenue-move">
        <Button
          emphasis="quiet"
          iconOnly
          aria-label={words.earlier}
          onPress={() => {
            move(-1);
          }}
        >
          <Icon name="left" />
        </Button>
        <DayChip {...{ view, change, isByMonth }} />
        <Button
          emphasis="quiet"
          iconOnly
          aria-label={words.later}
          isDisabled={!canMoveOn}
          onPress={() => {
            move(1);
          }}
        >
          <Icon name="right" />
        </Button>
      </div>
      {isByMonth ? null : (
        <>
          <SegmentedControl label={words.step} choices={STEP_CHOICES} value={by} onChange={choose} />
          <FilterChip
            label={words.against}
            choices={AGAINST_CHOICES}
            value={againstWhat}
            neutral="year"
            onChange={(against) => {
              change({ against: against === 'year' ? undefined : against });
            }}
          />
        </>
      )}
      <FilterChip
        label={words.policy}
        choices={POLICY_CHOICES}
        value={policy ?? ofWorkspace}
        neutral={ofWorkspace}
        onChange={(chosen) => {
          change({ policy: chosen === ofWorkspace ? undefined : chosen });
        }}
      />
    </div>
  );
}

/** The days in words. The browser's own calendar lies invisible over them and chooses the last one. */
function DayChip({ view, change, isByMonth }: Pick<ViewControlsProps, 'view' | 'change' | 'isByMonth'>) {
  const { by, days, today } = view;
  return (
    <span className="chip revenue-days">
      <Icon name="calendar" />
      <span className="chip-value" aria-hidden="true">
        {isByMonth ? texts.revenue.side.to(formatDay(days.to)) : viewLabel(by, days)}
      </span>
      <Icon name="chevron" />
      <input
        type="date"
        aria-label={words.lastDay}
        value={days.to}
        max={today}
        onChange={({ target: { value } }) => {
          if (value !== '') change({ on: value === today ? undefined : value });
        }}
      />
    </span>
  );
}

function usePeriodKeys(choose: (step: Step) => void, move: (direction: -1 | 1) => void) {
  useKeys({
    title: words.keys,
    bindings: [
      ...STEPS.map((step) => ({
        key: step.charAt(0),
        label: words.keyOfStep(words.steps[step]),
        run: () => {
          choose(step);
        },
      })),
      {
        key: 'ArrowLeft',
        shown: '←',
        label: words.earlier,
        run: () => {
          move(-1);
        },
      },
      {
        key: 'ArrowRight',
        shown: '→',
        label: words.later,
        run: () => {
          move(1);
        },
      },
    ],
  });
}
