import type { ChurnKind, Reason } from '@keepwell/api';
import { Badge, formatProbability } from '@keepwell/ui';

/** How an account is expected to leave: by choice, or because payments fail. */
export function ChurnKindBadge({ kind }: { readonly kind: ChurnKind }) {
  return kind === 'voluntary' ? (
    <Badge tone="notice">Voluntary</Badge>
  ) : (
    <Badge tone="warning">Involuntary</Badge>
  );
}

/** A probability as a percentage, with a bar of that length. */
export function Probability({ value }: { readonly value: number }) {
  return (
    <span className="probability">
      {formatProbability(value)}
      <span className="probability-track" aria-hidden="true">
        <span className="probability-bar" style={{ width: `${value * 100}%` }} />
      </span>
    </span>
  );
}

export function Reasons({ reasons }: { readonly reasons: readonly Reason[] }) {
  if (reasons.length === 0) return <span className="muted">No single reason stands out</span>;
  return (
    <ul className="reasons">
      {reasons.map((reason) => (
        <li key={reason.text}>{reason.text}</li>
      ))}
    </ul>
  );
}
