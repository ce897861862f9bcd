import { useSession } from './session';

/** What a command needs to act on this workspace of this server; nothing for what is meant without it. */
export function useCommandSuffix(): string {
  const { workspace, home } = useSession();
  return homeOption(home) + (workspace.slug === 'default' ? '' : ` --workspace ${workspace.slug}`);
}

/** For commands that act on no workspace unless one is named. */
export function useNamedWorkspaceSuffix(): string {
  const { workspace, home } = useSession();
  return `${homeOption(home)} --workspace ${workspace.slug}`;
}

/** For commands that name another workspace themselves. */
export function useHomeOption(): string {
  return homeOption(useSession().home);
}

/** Quoted for a shell, unless it has only letters that no shell reads. */
function homeOption(home: string | null): string {
  if (home === null) return '';
  return /^[\w./:@%+=-]+$/u.test(home) ? ` --home ${home}` : ` --home '${home.replaceAll("'", `'\\''`)}'`;
}
