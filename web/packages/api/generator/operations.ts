import { $, definePluginConfig, type DefinePlugin } from '@hey-api/openapi-ts';

type Operations = DefinePlugin<{ readonly name: 'operations' }>;

/** Writes each operation into `operations.gen.ts`, as a function created by `src/operation.ts`. */
const handler: Operations['Handler'] = ({ plugin }) => {
  const maker = plugin.symbol('operation', { external: '../operation' });
  plugin.forEach('operation', ({ operation }) => {
    const about = { resource: 'operation', resourceId: operation.id };
    const type = (role: string) => $.type(plugin.referenceSymbol({ ...about, category: 'type', role }));
    const schema = plugin.referenceSymbol({
      ...about,
      category: 'schema',
      role: 'responses',
      tool: 'valibot',
    });
    const shape = $.object()
      .prop('method', $.literal(operation.method.toUpperCase()))
      .prop('path', $.literal(operation.path))
      .prop('schema', $(schema))
      .$if(operation.body?.type === 'url-search-params', (node) => node.prop('isForm', $.literal(true)));
    plugin.node(
      $.const(plugin.symbol(operation.id))
        .export()
        .doc([operation.summary, operation.description].filter((line) => line !== undefined))
        .assign($(maker).call(shape).generics(type('data'), type('response'))),
    );
  });
};

export const operations = definePluginConfig<Operations['Types']>({
  name: 'operations',
  config: { includeInEntry: true },
  dependencies: ['@hey-api/typescript', 'valibot'],
  handler,
});
