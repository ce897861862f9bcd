import * as v from 'valibot';
import { describe, expect, test } from 'vitest';

import { getOpenApi, operationsByTag, type OpenApi } from './openapi';
import { typeParts } from './type-text';

const written = {
  openapi: '3.1.0',
  info: { title: 'Keepwell', version: '1' },
  paths: {
    '/v1/save-list': {
      get: {
        tags: ['churn'],
        operationId: 'getSaveList',
        parameters: [{ name: 'limit', in: 'query', schema: { type: 'integer' } }],
        responses: {
          '200': { content: { 'application/json': { schema: { $ref: '#/components/schemas/SaveList' } } } },
          '400': { description: 'Bad request' },
        },
      },
    },
    '/v1/session/end': { parameters: [], post: { tags: ['session'], responses: { '204': {} } } },
  },
};

function parsed(document: unknown): OpenApi {
  return v.parse(getOpenApi().schema, document);
}

test('operations are grouped by tag, with the schema of their response', () => {
  const groups = operationsByTag(parsed(written));
  expect([...groups.keys()]).toEqual(['churn', 'session']);
  expect(groups.get('churn')?.[0]).toMatchObject({
    method: 'GET',
    path: '/v1/save-list',
    answer: { $ref: '#/components/schemas/SaveList' },
  });
  expect(groups.get('session')?.[0]?.answer).toBeUndefined();
});

describe('types', () => {
  const text = (schema: Parameters<typeof typeParts>[0]) =>
    typeParts(schema)
      .map((part) => ('text' in part ? part.text : part.schema))
      .join('');

  test.each([
    [{ type: 'string', format: 'date' }, 'date'],
    [{ type: ['string', 'null'] }, 'string | null'],
    [{ type: 'array', items: { $ref: '#/components/schemas/Reason' } }, 'Reason[]'],
    [{ enum: ['active', 'trial'] }, '"active" | "trial"'],
    [{ oneOf: [{ type: 'null' }, { $ref: '#/components/schemas/Risk' }] }, 'null | Risk'],
    [{}, 'any'],
  ])('%j reads %s', (schema, expected) => {
    expect(text(schema)).toBe(expected);
  });
});
