import type { ReadValue, SearchSpec } from '../../shell/search';

export interface RatesSearch {
  readonly currency?: string | undefined;
}

const readCurrency: ReadValue<string> = (text) => (/^[A-Z]{3}$/.test(text) ? text : undefined);

export const ratesSearch: SearchSpec<RatesSearch> = { currency: readCurrency };
