/** The logo. */
export function BrandMark() {
  return (
    <svg className="brand-mark" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" />
      <path d="M8 13c0 7 3 11 8 11s8-4 8-11" />
      <path className="brand-water" d="M12 12.5c0 4.5 1.5 6.5 4 6.5s4-2 4-6.5" />
    </svg>
  );
}

/** The logo and the name. */
export function Brand() {
  return (
    <span className="brand">
      <BrandMark />
      Keepwell
    </span>
  );
}
