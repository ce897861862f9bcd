export const LANGUAGES = ['node', 'python', 'curl'] as const;
export type Language = (typeof LANGUAGES)[number];

/** The lines with which a product sends its first event to this server. */
export function snippet(
  language: Language,
  { key, host }: { readonly key: string; readonly host: string },
): string {
  switch (language) {
    case 'node':
      return [
        "import { Analytics } from '@segment/analytics-node'",
        '',
        `const analytics = new Analytics({ writeKey: '${key}', host: '${host}' })`,
        "analytics.track({ userId: 'user-7', event: 'Report exported', context: { groupId: 'account-12' } })",
        'await analytics.closeAndFlush()',
      ].join('\n');
    case 'python':
      return [
        'import segment.analytics as analytics',
        '',
        `analytics.write_key, analytics.host = "${key}", "${host}"`,
        'analytics.track("user-7", "Report exported", context={"groupId": "account-12"})',
        'analytics.flush()',
      ].join('\n');
    case 'curl':
      return [
        `curl ${host}/v1/track -u ${key}: \\`,
        "  -H 'Content-Type: application/json' \\",
        `  -d '{"userId": "user-7", "event": "Report exported", "context": {"groupId": "account-12"}}'`,
      ].join('\n');
  }
}
