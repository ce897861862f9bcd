/** The page that the server gives for every path of the dashboard. */
export const PAGE = '/';

/** Paths that the server answers itself, or that belong to another app. */
const OTHERS = ['/v1', '/assets', '/health', '/bulwark', '/docs', '/sign-in', '/unsubscribe', '/pocket'];
const FILE_ENDING = /\.[A-Za-z0-9]{1,16}$/;
/** What a proxy answers when the server behind it does not. */
const UNANSWERED: ReadonlySet<number> = new Set([502, 503, 504]);

/** Whether the dashboard is what the server would answer. */
export function isPage(path: string): boolean {
  return !OTHERS.some((other) => path === other || path.startsWith(`${other}/`)) && !FILE_ENDING.test(path);
}

/** The newest page if the server gives one in time; otherwise the kept one, with the security policy that it had. */
export async function newestPage({ ask, kept, patience }: PageSources): Promise<Response> {
  const asked = ask();
  const answered = await Promise.race([asked.then(usable, () => null), patience().then(() => null)]);
  return answered ?? (await kept()) ?? asked;
}

export interface PageSources {
  readonly ask: () => Promise<Response>;
  readonly kept: () => Promise<Response | undefined>;
  readonly patience: () => Promise<void>;
}

function usable(response: Response): Response | null {
  return UNANSWERED.has(response.status) ? null : response;
}
