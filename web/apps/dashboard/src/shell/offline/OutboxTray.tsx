import { Button, formatClock, Sheet } from '@keepwell/ui';
import type { ReactNode } from 'react';

import { useOutbox, type Write } from '../../offline';
import { texts } from '../../texts';

/** The member's changes that have not reached the server: those that wait, and those that it refused. */
export function OutboxTray({ onClose }: { readonly onClose: () => void }) {
  const { waiting, refused, retry, discard } = useOutbox();
  const { tray } = texts.offline;
  return (
    <Sheet title={tray.title} onClose={onClose} closeLabel={texts.common.close}>
      {waiting.length + refused.length === 0 ? <p>{tray.nothing}</p> : null}
      <WriteList title={tray.refused} writes={refused}>
        {(write) => (
          <>
            <Refusal write={write} />
            <div className="outbox-actions">
              <Button size="small" onPress={() => void retry(write.id)}>
                {write.problem?.status === 412 ? tray.replace : tray.retry}
              </Button>
              <Button size="small" emphasis="quiet" onPress={() => void discard(write.id)}>
                {tray.discard}
              </Button>
            </div>
          </>
        )}
      </WriteList>
      <WriteList title={tray.waiting} writes={waiting}>
        {(write) => (
          <div className="outbox-actions">
            <Button size="small" emphasis="quiet" onPress={() => void discard(write.id)}>
              {tray.discard}
            </Button>
          </div>
        )}
      </WriteList>
    </Sheet>
  );
}

interface WriteListProps {
  readonly title: string;
  readonly writes: readonly Write[];
  readonly children: (write: Write) => ReactNode;
}

function WriteList({ title, writes, children }: WriteListProps) {
  if (writes.length === 0) return null;
  return (
    <section>
      <h3>{title}</h3>
      <ul className="outbox-list">
        {writes.map((write) => (
          <li key={write.id}>
            <p className="outbox-label">{write.label}</p>
            <p className="small muted">{texts.offline.tray.made(formatClock(new Date(write.madeAt)))}</p>
            {children(write)}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Why the server refused it; after a change of somebody else, both values. */
function Refusal({ write: { problem, body, theirs } }: { readonly write: Write }) {
  const { tray } = texts.offline;
  if (problem?.status !== 412)
    return (
      <p className="small">
        {problem?.detail} {problem?.hint}
      </p>
    );
  return (
    <>
      <p className="small">{tray.changed}</p>
      <Values mine={body} theirs={theirs?.value} />
    </>
  );
}

/** What the write says, and what the server has in the same places. */
function Values({ mine, theirs }: { readonly mine: unknown; readonly theirs: unknown }) {
  const { yours, theirs: theirsTitle } = texts.offline.tray;
  return (
    <table className="outbox-values">
      <thead>
        <tr>
          <td />
          <th scope="col">{yours}</th>
          <th scope="col">{theirsTitle}</th>
        </tr>
      </thead>
      <tbody>
        {Object.keys(asRecord(mine)).map((name) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>{shownValue(asRecord(mine)[name])}</td>
            <td>{shownValue(asRecord(theirs)[name])}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function shownValue(value: unknown): string {
  if (value === undefined) return texts.common.unknown;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
