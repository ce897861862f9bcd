import { send } from '@keepwell/api';
import { Command, Skeleton } from '@keepwell/ui';
import { useQuery } from '@tanstack/react-query';

import { Brand } from '../shell/Brand';
import { Loaded } from '../shell/Loaded';
import { getOpenApi, operationsByTag, type OpenApi } from './openapi';
import { OperationCard } from './OperationCard';
import { ProblemSection } from './ProblemSection';
import { SchemaCard } from './SchemaCard';

/** The API reference, rendered from the OpenAPI description; tools find the same description at /openapi.json. */
export function HandbookPage() {
  const description = useQuery({
    queryKey: ['openapi'],
    queryFn: ({ signal }) => send(getOpenApi(), { signal }),
  });
  return (
    <main className="handbook">
      <a className="brand-link" href="/" aria-label="Keepwell, back to the dashboard">
        <Brand />
      </a>
      <h1 className="page-title">API handbook</h1>
      <Introduction />
      <Loaded query={description} loading={<Skeleton label="API description" lines={12} />}>
        {(openApi) => <Sections openApi={openApi} />}
      </Loaded>
      <ProblemSection code={problemCode(window.location.hash)} />
    </main>
  );
}

function Introduction() {
  return (
    <section className="handbook-text" aria-label="Introduction">
      <p>
        Responses are JSON. Money is a decimal string, so that no digit is lost; days are UTC days, written{' '}
        <code>2024-12-31</code>. Lists are paginated: follow <code>next</code>, or the <code>Link</code>{' '}
        header, until there is none. The machine-readable description is at{' '}
        <a href="/openapi.json">/openapi.json</a>.
      </p>
      <p>
        Scripts authenticate with a token, sent as <code>Authorization: Bearer …</code>.
      </p>
      <Command>./keepwell token create --json</Command>
    </section>
  );
}

function Sections({ openApi }: { readonly openApi: OpenApi }) {
  return (
    <>
      {[...operationsByTag(openApi)].map(([tag, operations]) => (
        <section key={tag} aria-labelledby={`tag-${tag}`} className="handbook-group">
          <h2 id={`tag-${tag}`}>{tag}</h2>
          {operations.map((operation) => (
            <OperationCard key={`${operation.method} ${operation.path}`} operation={operation} />
          ))}
        </section>
      ))}
      <section aria-labelledby="schemas" className="handbook-group">
        <h2 id="schemas">schemas</h2>
        {Object.entries(openApi.components.schemas).map(([name, schema]) => (
          <SchemaCard key={name} name={name} schema={schema} />
        ))}
      </section>
    </>
  );
}

function problemCode(hash: string): string | null {
  return /^#problem-([\w-]+)$/.exec(hash)?.[1] ?? null;
}
