const PATHS = {
  accounts:
    'M5.5 7.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5ZM1 13.5c0-2.2 1.8-4 4.5-4s4.5 1.8 4.5 4M10.5 2.8a2.4 2.4 0 0 1 0 4.5M12 9.9c1.8.5 3 1.9 3 3.6',
  alert:
    'M8 5.5v3.2M8 11.4v.1M6.9 2.3 1.4 12a1.3 1.3 0 0 0 1.1 2h11a1.3 1.3 0 0 0 1.1-2L9.1 2.3a1.3 1.3 0 0 0-2.2 0Z',
  chart: 'M2.5 13.5h11M4.5 11V7.5M8 11V3.5M11.5 11V6',
  check: 'm3 8.5 3.2 3.2L13 4.8',
  chevron: 'm4 6 4 4 4-4',
  close: 'm4 4 8 8M12 4l-8 8',
  copy: 'M5.5 5.5v-3h8v8h-3M2.5 5.5h8v8h-8z',
  down: 'M8 3v10M4 9l4 4 4-4',
  inbox: 'M2 9.5 4 3h8l2 6.5v4H2zM2 9.5h3.5l1 1.8h3l1-1.8H14',
  info: 'M8 14.2A6.2 6.2 0 1 0 8 1.8a6.2 6.2 0 0 0 0 12.4ZM8 7.3v3.6M8 5v.1',
  key: 'M10.2 9.6a3.9 3.9 0 1 0-3.8-3L1.8 11v3h3v-2h2v-2l.6-.6a3.9 3.9 0 0 0 2.8.2ZM10.9 5.1v.1',
  moon: 'M13.5 9.6A6 6 0 0 1 6.4 2.5a6 6 0 1 0 7.1 7.1Z',
  overview: 'M2.5 2.5h4.5v6H2.5zM9 2.5h4.5v3H9zM9 7.5h4.5v6H9zM2.5 10.5h4.5v3H2.5z',
  play: 'M4.5 3v10l8.5-5z',
  screen: 'M2 3h12v8H2zM6 14h4M8 11v3',
  search: 'M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10ZM10.7 10.7 14 14',
  'sign-out': 'M6.5 2.5h-4v11h4M10.5 5l3 3-3 3M13.5 8H6',
  sun: 'M8 10.8a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6ZM8 1.5v1M8 13.5v1M1.5 8h1M13.5 8h1M3.4 3.4l.7.7M11.9 11.9l.7.7M3.4 12.6l.7-.7M11.9 4.1l.7-.7',
  table: 'M2 3h12v10H2zM2 6.5h12M2 9.8h12M6.5 6.5V13',
  up: 'M8 13V3M4 7l4-4 4 4',
} as const;

export type IconName = keyof typeof PATHS;

/** A decorative icon, hidden from screen readers. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
