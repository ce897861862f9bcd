import { ApiError } from '@keepwell/api';
import { Button } from '@keepwell/ui';
import { useQueryClient } from '@tanstack/react-query';

import { doLater, useLater } from './later';
import { notices } from './notices';

export interface LaterButtonProps {
  /** Names the row. */
  readonly id: string;
  readonly label: string;
  /** The label with the row's name. */
  readonly named: string;
  /** Says what was done, such as "Nia removed". */
  readonly said: string;
  /** Says that the server refused. */
  readonly failed: (why: string) => string;
  /** The key of the list that is read again. */
  readonly list: string;
  readonly emphasis?: 'secondary' | 'danger';
  readonly run: () => Promise<unknown>;
}

/** A row's button for what cannot be taken back in eight seconds. */
export function LaterButton({
  id,
  label,
  named,
  said,
  failed,
  list,
  emphasis = 'secondary',
  run,
}: LaterButtonProps) {
  const client = useQueryClient();
  const isWaiting = useLater().has(id);
  const runAndRead = async () => {
    try {
      await run();
    } catch (error) {
      if (error instanceof ApiError) notices.say(failed(error.problem.detail));
    }
    await client.invalidateQueries({ queryKey: [list] });
  };
  return (
    <Button
      size="small"
      emphasis={emphasis}
      aria-label={named}
      isDisabled={isWaiting}
      onPress={() => {
        doLater({ key: id, text: said, run: runAndRead });
      }}
    >
      {label}
    </Button>
  );
}
