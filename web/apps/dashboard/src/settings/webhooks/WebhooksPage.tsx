import { useState } from 'react';

import { SecretOnce } from '../../forms/SecretOnce';
import { OnlyIfMay } from '../../shell/Refusal';
import { texts } from '../../texts';
import { SettingsFrame } from '../SettingsFrame';
import { AddEndpoint } from './AddEndpoint';
import { DeliveriesSection } from './DeliveriesSection';
import { EndpointsSection } from './EndpointsSection';
import { deliveriesSearch } from './search';
import type { ShownSecret } from './shown-secret';

const words = texts.settings.webhooks;

/** The addresses that receive changes, and what was delivered. */
export function WebhooksPage() {
  return (
    <SettingsFrame title={words.title} purpose={words.purpose} search={deliveriesSearch}>
      <OnlyIfMay permission="webhooks">
        <Webhooks />
      </OnlyIfMay>
    </SettingsFrame>
  );
}

function Webhooks() {
  const [shown, setShown] = useState<ShownSecret | null>(null);
  return (
    <div className="columns settings-columns">
      <div className="span-8">
        {shown === null ? null : (
          <SecretOnce
            {...shown}
            onDone={() => {
              setShown(null);
            }}
          />
        )}
        <EndpointsSection onSecret={setShown} />
        <DeliveriesSection />
      </div>
      <aside className="span-4 settings-rail" aria-label={words.create.title}>
        <AddEndpoint onSecret={setShown} />
      </aside>
    </div>
  );
}
