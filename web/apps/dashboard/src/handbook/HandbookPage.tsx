import { useLayoutEffect, useMemo } from 'react';

import { handbook as texts } from '../texts/en/handbook';
import { Anchor } from './Anchor';
import { Contents } from './Contents';
import { Introduction } from './Introduction';
import { Logo } from './Logo';
import { operationsByTag, type OpenApi, type Operation, type Schemas } from './openapi';
import { OperationCard } from './OperationCard';
import { placeOf, useAnchor } from './place';
import { Problems } from './Problems';
import { SchemaCard } from './SchemaCard';
import { entriesOf, operationAnchor, schemaAnchor, tagAnchor } from './search';
import { useDescription } from './use-description';

/** The API reference, rendered from the OpenAPI description; tools find the same description at /openapi.json. */
export function HandbookPage() {
  const description = useDescription();
  if (description.state === 'read') return <Handbook openApi={description.openApi} />;
  return (
    <div className="handbook">
      <main className="handbook-main">
        <Head />
        <Introduction />
        {description.state === 'loading' ? (
          <p role="status" className="muted">
            {texts.loading}
          </p>
        ) : (
          <div role="alert">
            <p>
              {texts.failed} {description.why}
            </p>
            <button
              type="button"
              className="code-copy"
              onClick={() => {
                window.location.reload();
              }}
            >
              {texts.retry}
            </button>
          </div>
        )}
      </main>
    </div>
  );
}

function Head() {
  return (
    <header className="handbook-head">
      <a href="/" aria-label={texts.back}>
        <Logo /> Keepwell
      </a>
      <h1>{texts.title}</h1>
    </header>
  );
}

function Handbook({ openApi }: { readonly openApi: OpenApi }) {
  const groups = useMemo(() => operationsByTag(openApi), [openApi]);
  const { schemas } = openApi.components;
  const problems = openApi['x-problems'];
  const entries = useMemo(
    () => entriesOf([...groups.values()].flat(), Object.keys(schemas), problems),
    [groups, schemas, problems],
  );
  const anchor = useAnchor();
  const place = placeOf(anchor, groups, schemas);
  // The browser looked for the anchor before its part was shown.
  useLayoutEffect(() => {
    const found = anchor === '' ? null : document.getElementById(anchor);
    found?.scrollIntoView();
    found?.focus({ preventScroll: true });
  }, [anchor]);
  return (
    <div className="handbook">
      <Contents groups={groups} entries={entries} place={place} />
      <main className="handbook-main">
        <Head />
        {place === null ? <p role="alert">{texts.gone(anchor)}</p> : null}
        {place === null || place === 'start' ? <Introduction /> : null}
        {place === 'schemas' ? <SchemaNames schemas={schemas} /> : null}
        {place === 'problems' ? <Problems problems={problems} target={anchor} /> : null}
        {place !== null && typeof place === 'object' && 'schema' in place ? (
          <SchemaCard name={place.schema} schemas={schemas} />
        ) : null}
        {place !== null && typeof place === 'object' && 'tag' in place ? (
          <Tag tag={place.tag} operations={groups.get(place.tag) ?? []} schemas={schemas} target={anchor} />
        ) : null}
      </main>
    </div>
  );
}

interface TagProps {
  readonly tag: string;
  readonly operations: readonly Operation[];
  readonly schemas: Schemas;
  readonly target: string;
}

function Tag({ tag, operations, schemas, target }: TagProps) {
  const anchor = tagAnchor(tag);
  return (
    <section id={anchor} aria-labelledby={`${anchor}-title`} tabIndex={-1}>
      <h2 id={`${anchor}-title`} className="handbook-tag">
        {tag} <Anchor to={anchor} name={tag} />
      </h2>
      {operations.map((operation) => (
        <OperationCard
          key={operation.id}
          operation={operation}
          schemas={schemas}
          isTarget={operationAnchor(operation.id) === target}
        />
      ))}
    </section>
  );
}

function SchemaNames({ schemas }: Pick<TagProps, 'schemas'>) {
  return (
    <section id="schemas" aria-labelledby="schemas-title" tabIndex={-1}>
      <h2 id="schemas-title">
        {texts.schemas} <Anchor to="schemas" name={texts.schemas} />
      </h2>
      <ul className="names">
        {Object.keys(schemas).map((name) => (
          <li key={name}>
            <a href={`#${schemaAnchor(name)}`}>{name}</a>
          </li>
        ))}
      </ul>
    </section>
  );
}
