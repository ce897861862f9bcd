import { $, defineConfig, type OpenApiOperationObject } from '@hey-api/openapi-ts';

import { operations } from './generator/operations';
import { prepare } from './generator/prepare';

/** How the API's description becomes `src/generated`; `npm run generate` supplies input and output. */
export default defineConfig({
  input: 'openapi.json',
  output: 'src/generated',
  parser: {
    patch: {
      operations: (_method, _path, operation) => {
        prepare(operation as OpenApiOperationObject.V3_1_X);
      },
    },
    filters: {
      // Events are sent by Segment's libraries, which queue and retry them; Stripe sends its own. An EventSource follows
      // the stream of changes.
      tags: { exclude: ['intake'] },
      operations: { exclude: ['POST /v1/stripe-webhooks/{workspace_id}', 'GET /v1/changes/stream'] },
      orphans: false,
    },
  },
  plugins: [
    {
      name: '@hey-api/typescript',
      '~resolvers': {
        string: ({ schema, plugin }) =>
          schema.format === 'decimal'
            ? $.type(plugin.symbolOnce('Decimal', { external: '../decimal', kind: 'type' }))
            : undefined,
      },
    },
    {
      name: 'valibot',
      requests: false,
      '~resolvers': {
        string: (context) => {
          const { schema, plugin, pipes, nodes } = context;
          if (schema.format === 'decimal') {
            return pipes.push(
              pipes.current,
              $(plugin.symbolOnce('vDecimal', { external: '../decimal-schema' })),
            );
          }
          const base = pipes.push(pipes.current, nodes.const(context) ?? nodes.base(context));
          const format = nodes.format(context);
          // Lengths and patterns apply to requests, which the server validates.
          return format === undefined ? base : pipes.push(base, format);
        },
        // The generator's own schema accepts anything if items may be null.
        array: ({ schema: { items = [] }, plugin, pipes, symbols, walk, walkerCtx, applyModifiers }) => {
          const { pipes: item } = applyModifiers(walk({ items, logicalOperator: 'or' }, walkerCtx));
          return pipes.push(pipes.current, $(symbols.v).attr('array').call(pipes.toNode(item, plugin)));
        },
      },
    },
    operations(),
  ],
});
