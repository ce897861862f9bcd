import type { Rolldown } from 'vite';

/** Libraries rarely change; in separate files, browsers keep them over many releases. */
const LIBRARIES: readonly Rolldown.CodeSplittingGroup[] = [
  { name: 'react', test: /node_modules\/(react|react-dom|scheduler)\// },
  { name: 'aria', test: /node_modules\/(react-aria|react-stately|@react-|@internationalized)/ },
  { name: 'tanstack', test: /node_modules\/@tanstack\/(?!react-virtual|virtual-core)/ },
];

/** What draws only the rows in sight of a list of thousands. */
const WINDOWED = /\/packages\/ui\/src\/Windowed|node_modules\/@tanstack\/(react-virtual|virtual-core)/;
const COMPONENTS = /\/packages\/ui\/src\//;
/** The entries themselves, and what only the handbook and the static demo say. */
const ENTRIES = /\/index\.html|\/src\/(main\.tsx|handbook\/|static-demo\/|texts\/en\/handbook)/;
/** What weighs much for one page alone, or is not of the dashboard. */
const OWN_STYLES = /\/src\/(play|handbook|models|settings|sign-in|static-demo)\//;
/** Its pages have nearly everything in common. */
const REVENUE = /\/src\/(revenue|texts\/en\/revenue)/;
/** What several pages share is put together until it has as many bytes. */
const FEWEST_BYTES = 1_800;

/**
 * The files of the build. Over HTTP/1.1 a browser asks a server for six at a time, so that on a slow line the number of
 * files costs more than their bytes: what every page needs is in two files, and what some pages share is in a few.
 */
export function chunks(): Rolldown.CodeSplittingGroup[] {
  return [
    ...LIBRARIES,
    // The components are one package, so a browser would load this for the first page, which has no long list.
    { name: 'windowed', test: WINDOWED, includeDependenciesRecursively: false },
    { name: 'styles', test: (module) => module.endsWith('.css') && !OWN_STYLES.test(module) },
    // No other page has these.
    { name: 'models', test: /\/src\/models\/.*\.css$/ },
    { name: 'settings', test: /\/src\/settings\/.*\.css$/ },
    { name: 'sign-in', test: /\/src\/sign-in\/.*\.css$/ },
    { name: 'base', test: COMPONENTS, tags: ['$initial'] },
    { name: 'start', test: (module) => !ENTRIES.test(module), tags: ['$initial'] },
    {
      name: 'shared',
      test: (module) => !REVENUE.test(module),
      minShareCount: 2,
      entriesAware: true,
      entriesAwareMergeThreshold: FEWEST_BYTES,
    },
    // After what it shares with other pages, which would have to load it whole.
    { name: 'revenue', test: REVENUE, minShareCount: 2 },
  ];
}

/** Without what rolldown adds to the name of a chunk: the names of all pages that share it. */
export function fileName({ name }: { readonly name: string }): string {
  return `assets/${name.split('~')[0] ?? name}-[hash].js`;
}
