import type { CrawlItem } from '@keepwell/api';
import { Callout, Facts, formatCount, formatMoment, Section } from '@keepwell/ui';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';

import { newestCrawlQuery } from '../../queries/data/websites';
import { workspaceQuery } from '../../queries/settings/workspace';
import { Loaded } from '../../shell/Loaded';
import { RowsLoading } from '../../shell/RowsLoading';
import { texts } from '../../texts';

const words = texts.data.websites.crawl;
const KILOBYTE = 1_000;

/** What the newest crawl took and found, or has so far, and how often a worker makes one. */
export function CrawlSection() {
  const crawl = useQuery(newestCrawlQuery());
  return (
    <>
      <Section title={words.title} isRuled>
        <Loaded query={crawl} loading={<RowsLoading label={words.loading} rows={4} />}>
          {(found) => (found === null ? <p className="prose">{words.none}</p> : <Newest crawl={found} />)}
        </Loaded>
      </Section>
      <Schedule />
    </>
  );
}

function Newest({ crawl }: { readonly crawl: CrawlItem }) {
  return (
    <>
      {crawl.error === null ? null : (
        <Callout tone="negative" title={words.failed}>
          {crawl.error}
        </Callout>
      )}
      {crawl.state === 'broken_off' ? (
        <Callout tone="warning" title={words.brokenOff}>
          {words.brokenOffHint}
        </Callout>
      ) : null}
      <Facts
        facts={[
          timeOf(crawl),
          [words.cause, words.causes[crawl.cause]],
          [words.websites, words.ofAccounts(formatCount(crawl.websites), formatCount(crawl.accounts))],
          [words.signals, formatCount(crawl.signals)],
          [words.urls, <Counts key="urls" of={crawl.outcomes} />],
          [words.answers, <Counts key="answers" of={crawl.statuses} />],
          [
            words.size,
            words.requests(formatCount(crawl.requests), formatCount(Math.ceil(crawl.bytes / KILOBYTE))),
          ],
          [words.retries, <Counts key="retries" of={crawl.retries} />],
          [words.waited, <Counts key="waited" of={crawl.waited} write={inSeconds} />],
          [crawl.state === 'under_way' ? words.due : words.left, formatCount(crawl.queue_left)],
        ]}
      />
    </>
  );
}

function timeOf({ state, started_at, ended_at }: CrawlItem): readonly [string, string] {
  if (ended_at === null) return [words.underWay, formatMoment(started_at)];
  return [state === 'broken_off' ? words.heardOf : words.ended, formatMoment(ended_at)];
}

interface CountsProps {
  readonly of: Readonly<Record<string, number>>;
  readonly write?: (count: number) => string;
}

function Counts({ of, write = formatCount }: CountsProps) {
  const counts = Object.entries(of);
  if (counts.length === 0) return texts.common.none;
  return (
    <ul>
      {counts.map(([name, count]) => (
        <li key={name}>
          {name.replaceAll('_', ' ')}: {write(count)}
        </li>
      ))}
    </ul>
  );
}

function inSeconds(seconds: number): string {
  return words.seconds(formatCount(Math.round(seconds)));
}

function Schedule() {
  const workspace = useQuery(workspaceQuery());
  return (
    <Section title={words.scheduled} isRuled>
      <Loaded query={workspace} loading={<RowsLoading label={words.loading} rows={1} />}>
        {({ website_crawls }) => (
          <div className="stack">
            <Facts facts={[[words.howOften, texts.data.websites.by[website_crawls]]]} />
            <p className="prose">
              {words.change}{' '}
              <Link to="/settings/workspace" className="inline-link">
                {words.settings}
              </Link>
            </p>
          </div>
        )}
      </Loaded>
    </Section>
  );
}
