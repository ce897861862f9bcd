import type { DriftReport, InputDrift } from '@keepwell/api';
import {
  Button,
  formatCount,
  formatDay,
  formatDecimal,
  Section,
  Table,
  Tag,
  type Column,
} from '@keepwell/ui';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { driftQuery } from '../../queries/live';
import { Loaded } from '../../shell/Loaded';
import { RowsLoading } from '../../shell/RowsLoading';
import { texts } from '../../texts';
import { score } from '../report/model-text';

const words = texts.live.drift;
const PROBABILITY = 'probability';
// What has drifted comes first; the rest is for whoever looks closer.
const FURTHEST = 8;

/** How far today's accounts are from those of the training, with what chance does in a shop of this size. */
export function DriftSection() {
  const query = useQuery(driftQuery());
  return (
    <Section title={words.title}>
      <Loaded query={query} loading={<RowsLoading label={words.loading} />}>
        {(found) => <Drift found={found} />}
      </Loaded>
    </Section>
  );
}

function Drift({ found }: { readonly found: DriftReport }) {
  const { inputs, as_of: day } = found;
  const [isWhole, setWhole] = useState(false);
  if (inputs === null || day === null) return <p className="models-statement">{words.unknown}</p>;
  const hasDrifted = inputs.some(({ is_drifted: isDrifted }) => isDrifted);
  return (
    <>
      <p className="models-statement models-about">
        {hasDrifted ? words.some(formatDay(day)) : words.none(formatDay(day))}
      </p>
      <Table
        label={words.label}
        columns={COLUMNS}
        rows={isWhole ? inputs : inputs.slice(0, FURTHEST)}
        rowKey={({ name }) => name}
        narrow="pinned"
        density="compact"
      />
      <p className="models-say">{words.note}</p>
      {isWhole || inputs.length <= FURTHEST ? null : (
        <Button
          size="small"
          onPress={() => {
            setWhole(true);
          }}
        >
          {words.all(formatCount(inputs.length))}
        </Button>
      )}
    </>
  );
}

const three = score(3);

function percent(share: number): string {
  return `${formatDecimal((share * 100).toFixed(4) as `${number}`, 0)}%`;
}

function distance(id: 'psi' | 'ks' | 'js'): Column<InputDrift> {
  return {
    id,
    header: words[id],
    align: 'end',
    // One distance says enough on a phone.
    isSpare: id !== 'psi',
    cell: (input) => words.usual(three(input[id]), three(input[`usual_${id}`])),
  };
}

const COLUMNS: readonly Column<InputDrift>[] = [
  {
    id: 'input',
    header: words.input,
    rowHeader: true,
    cell: ({ name, is_drifted: isDrifted }) => (
      <span className="models-kind">
        {name === PROBABILITY ? words.chance : <code>{name}</code>}
        {isDrifted ? <Tag tone="warning">{words.drifted}</Tag> : null}
      </span>
    ),
  },
  distance('ks'),
  distance('js'),
  {
    id: 'unknown',
    header: words.unknownShare,
    align: 'end',
    isSpare: true,
    cell: ({ unknown, unknown_before: before }) => words.share(percent(unknown), percent(before)),
  },
  distance('psi'),
];
