import type { LiveReport, Verdict } from '@keepwell/api';
import { formatCount, formatDay, Section, Tag, type TagTone } from '@keepwell/ui';
import { useQuery } from '@tanstack/react-query';

import { liveQuery } from '../../queries/live';
import { Loaded } from '../../shell/Loaded';
import { RowsLoading } from '../../shell/RowsLoading';
import { texts } from '../../texts';
import { of100, score } from '../report/model-text';
import { DriftSection } from './DriftSection';
import { FiguresTable } from './FiguresTable';
import { JudgedLists } from './JudgedLists';

const words = texts.live;
const MUCH = 1000;

const TONES: Record<Verdict['state'], TagTone> = {
  waiting: 'neutral',
  quiet: 'positive',
  broken: 'negative',
};

/** What the lists turned out to be worth once it was known who left, and how far today's accounts are from the training. */
export function LiveSection() {
  const query = useQuery(liveQuery());
  return (
    <Loaded query={query} loading={<RowsLoading label={words.loading} />}>
      {(found) => (found.verdict === null ? null : <Live found={found} verdict={found.verdict} />)}
    </Loaded>
  );
}

function Live({ found, verdict }: { readonly found: LiveReport; readonly verdict: Verdict }) {
  return (
    <>
      <Section
        title={words.title}
        note={<Tag tone={TONES[verdict.state]}>{words.states[verdict.state]}</Tag>}
      >
        {sentences(verdict, found).map((each) => (
          <p key={each} className="models-statement">
            {each}
          </p>
        ))}
        <FiguresTable found={found} />
      </Section>
      <JudgedLists tests={found.tests} />
      <DriftSection />
    </>
  );
}

function sentences(verdict: Verdict, found: LiveReport): readonly string[] {
  const { next_on: nextOn, smallest_visible: visible, evidence, evidence_needed: needed } = verdict;
  const unknown = found.together?.unknown ?? 0;
  return [
    ...verdictSentences(verdict),
    leftAloneSentence(verdict, found),
    verdict.state === 'waiting' ? null : words.evidence(evidenceText(evidence), score(0)(needed)),
    nextOn === null ? null : words.nextOn(formatDay(nextOn)),
    expectedSentence(verdict, found),
    unknown === 0 ? null : words.unknown(formatCount(unknown)),
    visible === null ? words.nothingVisible : words.visible(score(2)(visible)),
  ].filter((each) => each !== null);
}

function verdictSentences(verdict: Verdict): readonly string[] {
  const { departed, expected, lists, broken_by: by, broken_on: on, model_version: version } = verdict;
  const sizes = [formatCount(departed), score(1)(expected), words.lists(lists)] as const;
  if (verdict.state === 'waiting') return [words.waiting(String(version ?? ''))];
  if (by === null || on === null) return [words.quiet(...sizes)];
  return [words.broken(formatDay(on), words.brokenBy[by]), words.counted(...sizes)];
}

/** Fewer departures are what work is for: whether the chances hold is then seen in those whom chance has left alone. */
function leftAloneSentence({ state }: Verdict, { together, left_alone: alone }: LiveReport): string | null {
  if (state !== 'quiet' || together === null || alone === null) return null;
  if (together.departed >= together.likely_from) return null;
  const range = [formatCount(alone.likely_from), formatCount(alone.likely_to)] as const;
  return words.leftAlone(formatCount(alone.departed), score(1)(alone.expected), ...range);
}

/** What is far beyond a break is no figure to compare. */
function evidenceText(evidence: number): string {
  return evidence > MUCH ? words.more(formatCount(MUCH)) : score(2)(evidence);
}

/** Until anything is known: what the training lets us expect. */
function expectedSentence(verdict: Verdict, { expected }: LiveReport): string | null {
  const pairs = expected?.roc_auc ?? null;
  return verdict.state !== 'waiting' || pairs === null ? null : words.expected(of100(pairs));
}
