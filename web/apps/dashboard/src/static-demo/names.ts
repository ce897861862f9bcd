/** Whether the server would answer this path itself, and not with a page or a file of the build. */
export function isAsked(pathname: string): boolean {
  return pathname.startsWith('/v1/') || pathname === '/openapi.json' || pathname.startsWith('/sign-in/');
}

/** The name of a request in the recording, whatever the order of its parameters; `keepwell.app.site.model` names it the same. */
export function requestName({ pathname, searchParams }: URL): string {
  const pairs = [...searchParams].map(([name, value]) => `${name}=${value}`).sort();
  return pairs.length === 0 ? pathname : `${pathname}?${pairs.join('&')}`;
}
