import type { Permission, SessionView } from '@keepwell/api';
import { createContext, use } from 'react';

/** The session of the member who is signed in. */
export const SessionContext = createContext<SessionView | null>(null);

export function useSession(): SessionView {
  const session = use(SessionContext);
  if (session === null) throw new Error('useSession needs the session gate around it');
  return session;
}

/** Whether the member may do something. The server decides again; this only hides what would be refused. */
export function useMay(permission: Permission): boolean {
  return useSession().permissions.includes(permission);
}
