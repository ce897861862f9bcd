import { Command, Section } from '@keepwell/ui';

import { useCommandSuffix, useNamedWorkspaceSuffix } from '../../shell/command-line';
import { texts } from '../../texts';

/** The door for files: the exact commands, until columns can be matched on a page. */
export function BringFiles() {
  const { bring, tailTitle, tailDetail } = texts.data.overview;
  const suffix = useCommandSuffix();
  const named = useNamedWorkspaceSuffix();
  const command = `./keepwell import --mapping my-shop.yaml${suffix} exports/`;
  return (
    <div className="data-doors">
      <div id="bring-files">
        <Section title={bring.title}>
          <div className="stack">
            <p className="prose">{bring.detail}</p>
            <h3>{bring.dryRun}</h3>
            <Command>{command.replace('import', 'import --dry-run')}</Command>
            <h3>{bring.import}</h3>
            <Command>{command}</Command>
            <p className="prose">{bring.columns}</p>
          </div>
        </Section>
      </div>
      <div id="follow-files">
        <Section title={tailTitle}>
          <div className="stack">
            <p className="prose">{tailDetail}</p>
            <Command>{`./keepwell tail 'events/*.jsonl'${named}`}</Command>
          </div>
        </Section>
      </div>
    </div>
  );
}
