import type { DeliveriesFilter } from '../../queries/settings/webhooks';
import { readChoice, type ReadValue, type SearchSpec } from '../../shell/search';

export const DELIVERY_STATUSES = ['due', 'delivered', 'failed'] as const;
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

/** Which deliveries are listed. */
export interface DeliveriesSearch {
  readonly to?: string | undefined;
  readonly status?: DeliveryStatus | undefined;
}

const readId: ReadValue<string> = (text) =>
  /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text) ? text : undefined;

export const deliveriesSearch: SearchSpec<DeliveriesSearch> = {
  to: readId,
  status: readChoice(DELIVERY_STATUSES),
};

export function filterOf({ to, status }: DeliveriesSearch): DeliveriesFilter {
  return { webhook_endpoint_id: to, status };
}
