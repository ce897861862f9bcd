import { Command, Facts, Icon, type IconName } from '@keepwell/ui';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { stripeQuery } from '../queries/data/sources';
import { useCommandSuffix } from '../shell/command-line';
import { StripeKeyForm } from '../stripe-key/StripeKeyForm';
import { texts } from '../texts';
import './first-run.css';

const words = texts.firstRun;

/** What an empty workspace shows in place of its figures: three ways in. */
export function FirstRun() {
  return (
    <div className="first-run">
      <ol className="first-run-doors">
        <StripeDoor />
        <FilesDoor />
        <SampleDoor />
      </ol>
      <Then />
    </div>
  );
}

function StripeDoor() {
  const { data } = useQuery(stripeQuery());
  return (
    <Door icon="card" words={words.stripe}>
      {data?.is_connected === true ? (
        <>
          <p role="status">{words.stripe.connected}</p>
          <Link to="/data/stripe" className="button button-wide">
            {words.stripe.see}
          </Link>
        </>
      ) : (
        <StripeKeyForm>
          <Terms words={words.stripe} />
        </StripeKeyForm>
      )}
    </Door>
  );
}

function FilesDoor() {
  const { files, copy } = words;
  const suffix = useCommandSuffix();
  return (
    <Door icon="upload" words={files}>
      <div className="first-run-command">
        <span className="strong">{files.dryRun}</span>
        <Command copyLabel={copy}>{`./keepwell import --dry-run --mapping stripe${suffix} exports/`}</Command>
        <span className="small">{files.import}</span>
      </div>
      <Terms words={files} />
      <Link to="/data" hash="bring-files" className="button button-wide">
        {files.mapping}
      </Link>
    </Door>
  );
}

function SampleDoor() {
  const { sample, copy } = words;
  return (
    <Door icon="play" words={sample}>
      <div className="first-run-command">
        <span className="strong">{sample.run}</span>
        <Command copyLabel={copy}>./keepwell demo --home ~/keepwell-sample</Command>
      </div>
      <Terms words={sample} />
    </Door>
  );
}

interface DoorWords {
  readonly title: string;
  readonly detail: string;
  readonly need: string;
  readonly takes: string;
  readonly gives: string;
}

interface DoorProps {
  readonly icon: IconName;
  readonly words: DoorWords;
  readonly children: ReactNode;
}

function Door({ icon, words: { title, detail }, children }: DoorProps) {
  return (
    <li className="first-run-door">
      <Icon name={icon} />
      <div>
        <h2>{title}</h2>
        <p>{detail}</p>
      </div>
      {children}
    </li>
  );
}

function Terms({ words: { need, takes, gives } }: { readonly words: DoorWords }) {
  return (
    <div className="first-run-terms">
      <Facts
        facts={[
          [words.need, need],
          [words.takes, takes],
          [words.gives, gives],
        ]}
      />
    </div>
  );
}

function Then() {
  const { then } = words;
  return (
    <section className="section section-ruled" aria-labelledby="first-run-then">
      <div className="section-head">
        <h2 id="first-run-then">{then.title}</h2>
      </div>
      <Facts
        facts={[
          [then.minute, then.minuteText],
          [then.night, then.nightText],
          [then.month, then.monthText],
        ]}
      />
    </section>
  );
}
