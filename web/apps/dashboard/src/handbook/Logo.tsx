/** The logo with its colours, since the frame's style sheet is not here. */
export function Logo() {
  return (
    <svg viewBox="0 0 32 32" aria-hidden="true" fill="none" strokeWidth="3" strokeLinecap="round">
      <rect width="32" height="32" rx="8" fill="#0b665c" />
      <path d="M8 13c0 7 3 11 8 11s8-4 8-11" stroke="#fff" />
      <path d="M12 12.5c0 4.5 1.5 6.5 4 6.5s4-2 4-6.5" stroke="#7fe0cf" />
    </svg>
  );
}
