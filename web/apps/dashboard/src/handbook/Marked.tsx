/** Text of the description, with what it has in backticks as code. */
export function Marked({ children }: { readonly children: string }) {
  return children
    .split(/`([^`]+)`/)
    .map((part, position) => (position % 2 === 1 ? <code key={position}>{part}</code> : part));
}
