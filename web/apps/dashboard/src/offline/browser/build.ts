/** The release of this page, by the address of its script, whose name changes with any of its content. */
export function buildOfPage(): string {
  const script = document.querySelector<HTMLScriptElement>('script[type="module"][src]');
  return script?.src ?? window.location.origin;
}
