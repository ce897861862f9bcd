const WIDTHS = ['28%', '36%', '22%', '31%'];

/** The rows of a table or list that is loading, in their height. */
export function RowsLoading({ label, rows = 6 }: { readonly label: string; readonly rows?: number }) {
  return (
    <div className="rows-loading" role="status">
      <span className="visually-hidden">Loading {label}</span>
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} className="rows-loading-row">
          <div className="skeleton-bar" style={{ width: WIDTHS[row % WIDTHS.length] }} />
          <div className="skeleton-bar" style={{ width: '12%' }} />
        </div>
      ))}
    </div>
  );
}
