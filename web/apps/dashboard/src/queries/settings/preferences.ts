import { getDigestSetting, getPreferences, send } from '@keepwell/api';
import { queryOptions } from '@tanstack/react-query';

export function preferencesQuery() {
  return queryOptions({
    queryKey: ['preferences'],
    queryFn: ({ signal }) => send(getPreferences(), { signal }),
  });
}

export function digestQuery() {
  return queryOptions({
    queryKey: ['digest'],
    queryFn: ({ signal }) => send(getDigestSetting(), { signal }),
  });
}
