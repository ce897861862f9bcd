import type { StripeConnection } from '@keepwell/api';
import { Command, Facts, formatMoment, Section } from '@keepwell/ui';

import { texts } from '../../texts';

const words = texts.data.stripe.webhook;

/** Where Stripe sends its events, and whether they arrive. */
export function WebhookSection({ connection: { webhook } }: { readonly connection: StripeConnection }) {
  return (
    <Section title={words.title} isRuled>
      <div className="stack data-webhook">
        <p className="prose">{words.explain}</p>
        <p className="prose">{webhook.url === null ? words.noPublic : words.address}</p>
        <Command copyLabel={words.copy} copiedLabel={texts.forms.copied}>
          {webhook.url ?? webhook.path}
        </Command>
        <p className="prose">{webhook.is_accepted ? words.accepted : words.notAccepted}</p>
      </div>
      <Facts
        facts={[
          [
            words.newest,
            webhook.event_received_at === null ? words.none : formatMoment(webhook.event_received_at),
          ],
        ]}
      />
    </Section>
  );
}
