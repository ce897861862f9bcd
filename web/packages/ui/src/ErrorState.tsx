import type { Problem } from '@keepwell/api';

import { Button } from './Button';
import { Icon } from './Icon';
import { uiTexts } from './texts';

export interface ErrorStateProps {
  readonly problem: Problem;
  readonly onRetry: () => void;
}

/** What failed, what to do next, and a way to try again. */
export function ErrorState({ problem, onRetry }: ErrorStateProps) {
  return (
    <div className="state state-error" role="alert">
      <Icon name="alert" />
      <p className="state-title">{problem.title}</p>
      <p className="state-text">{problem.detail}</p>
      {problem.hint === '' ? null : <p>{problem.hint}</p>}
      <div className="state-action">
        <Button onPress={onRetry}>{uiTexts().tryAgain}</Button>
      </div>
    </div>
  );
}
