/**
 * The owner of the data that this browser keeps, in a cookie that the server deletes whenever a session begins or ends. So a page knows
 * before it asks the server, and without it, that what is on disk belongs to the member who is still signed in.
 */
const COOKIE = 'keepwell_kept_for';
const NOBODY = 'nobody';
const SECONDS = 400 * 86_400;

/** Names an owner of data: a member of one workspace, since who works in several is another member in each. */
export function ownerOf(workspace: string, member: string): string {
  return `${workspace}.${member}`;
}

export function workspaceOf(owner: string): string {
  return owner.split('.')[0] ?? '';
}

/** The owner of the data that may be shown; null if only the server can say who is signed in. */
export function keptFor(): string | null {
  const value = read();
  return value === '' || value === NOBODY ? null : value;
}

/** Whether somebody signed out here while the server could not be reached: the session has to be ended first. */
export function hasLeft(): boolean {
  return read() === NOBODY;
}

export function keepFor(owner: string): void {
  write(owner, SECONDS);
}

export function keepForNobody(): void {
  write(NOBODY, SECONDS);
}

/** Nobody is signed in, and the server knows. */
export function forgetReader(): void {
  write('', 0);
}

function read(): string {
  const pair = document.cookie.split('; ').find((each) => each.startsWith(`${COOKIE}=`));
  return pair === undefined ? '' : decodeURIComponent(pair.slice(COOKIE.length + 1));
}

function write(value: string, seconds: number): void {
  const secure = window.location.protocol === 'https:' ? '; Secure' : '';
  document.cookie = `${COOKIE}=${encodeURIComponent(value)}; Path=/; Max-Age=${seconds}; SameSite=Lax${secure}`;
}
