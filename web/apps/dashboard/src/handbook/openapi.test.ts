import * as v from 'valibot';
import { describe, expect, test } from 'vitest';

import { curlOf } from './curl';
import { exampleOf } from './example';
import { getOpenApi, operationsByTag, type OpenApi, type Operation } from './openapi';
import { placeOf } from './place';
import { entriesOf, found } from './search';
import { limitsOf, typeParts } from './type-text';

const written = {
  openapi: '3.1.0',
  info: { title: 'Keepwell', version: '1' },
  paths: {
    '/v1/save-list': {
      get: {
        tags: ['churn'],
        summary: 'Who may leave',
        operationId: 'getSaveList',
        'x-permission': 'read',
        parameters: [{ name: 'limit', in: 'query', schema: { type: 'integer' } }],
        responses: {
          '200': { content: { 'application/json': { schema: { $ref: '#/components/schemas/SaveList' } } } },
          '400': { description: 'Bad request' },
        },
      },
    },
    '/v1/accounts/{account_id}': {
      patch: {
        tags: ['accounts'],
        operationId: 'updateAccount',
        parameters: [{ name: 'If-Match', in: 'header', required: true }],
        requestBody: {
          content: { 'application/json': { schema: { $ref: '#/components/schemas/AccountChange' } } },
        },
        responses: { '200': {} },
      },
    },
    '/v1/sign-in': {
      parameters: [],
      post: { tags: ['session'], operationId: 'signIn', security: [], 'x-limit': 'sign-in', responses: {} },
    },
    '/v1/track': {
      post: { tags: ['intake'], operationId: 'track', security: [{ writeKey: [] }], responses: {} },
    },
  },
  components: {
    schemas: {
      AccountChange: { properties: { name: { type: 'string' } }, examples: [{ name: "Ada's" }] },
      Reason: { properties: { code: { enum: ['activity_down'] }, on: { type: 'string', format: 'date' } } },
    },
  },
  'x-problems': [{ code: 'wrong-password', status: 401, meaning: 'No such member.', retryable: false }],
};

const openApi = parsed(written);
const { schemas } = openApi.components;

function parsed(document: unknown): OpenApi {
  return v.parse(getOpenApi().schema, document);
}

function operation(id: string): Operation {
  const named = [...operationsByTag(openApi).values()].flat().find((each) => each.id === id);
  if (named === undefined) throw new Error(id);
  return named;
}

test('operations are grouped by tag, with who may call them and what they answer', () => {
  expect([...operationsByTag(openApi).keys()]).toEqual(['churn', 'accounts', 'session', 'intake']);
  expect(operation('getSaveList')).toMatchObject({
    method: 'GET',
    path: '/v1/save-list',
    access: 'token',
    permission: 'read',
    limit: 'requests',
    answers: [
      { status: '200', body: { schema: { $ref: '#/components/schemas/SaveList' } } },
      { status: '400', body: undefined },
    ],
  });
  expect(operation('signIn')).toMatchObject({ access: 'public', limit: 'sign-in', permission: undefined });
});

describe('the command that calls an operation', () => {
  test('has the token, the ETag and the example of the body, with quotes that a shell understands', () => {
    expect(curlOf(operation('updateAccount'), schemas)).toBe(
      [
        'curl -X PATCH "$URL/v1/accounts/$ACCOUNT_ID" \\',
        '  -H "Authorization: Bearer $TOKEN" \\',
        '  -H \'If-Match: "1"\' \\',
        "  -H 'Content-Type: application/json' \\",
        String.raw`  -d '{"name":"Ada'\''s"}'`,
      ].join('\n'),
    );
  });

  test('has a write key where that is what the route takes, and nothing where it takes nothing', () => {
    expect(curlOf(operation('track'), schemas)).toContain('-u "$WRITE_KEY:"');
    expect(curlOf(operation('signIn'), schemas)).toBe('curl -X POST "$URL/v1/sign-in"');
  });
});

test('an example is the one in the description, else made of the types', () => {
  expect(exampleOf({ $ref: '#/components/schemas/AccountChange' }, schemas)).toEqual({ name: "Ada's" });
  const list = { type: 'array', items: { $ref: '#/components/schemas/Reason' } };
  expect(exampleOf(list, schemas)).toEqual([{ code: 'activity_down', on: '2026-05-31' }]);
  expect(exampleOf({ oneOf: [{ type: 'null' }, { type: 'integer', minimum: 3 }] }, schemas)).toBe(3);
});

test('an example of a schema that contains itself ends', () => {
  const endless = { Node: { properties: { next: { $ref: '#/components/schemas/Node' } } } };
  expect(JSON.stringify(exampleOf({ $ref: '#/components/schemas/Node' }, endless))).toContain('null');
});

test('the search finds operations, schemas and problems by all words of the question', () => {
  const operations = [...operationsByTag(openApi).values()].flat();
  const entries = entriesOf(operations, Object.keys(schemas), openApi['x-problems']);
  const anchors = (question: string) => found(entries, question).map(({ anchor }) => anchor);
  expect(anchors('get leave')).toEqual(['operation-getSaveList']);
  expect(anchors('REASON')).toEqual(['schema-Reason']);
  expect(anchors('401')).toEqual(['problem-wrong-password']);
  expect(anchors('get reason')).toEqual([]);
});

test.each([
  ['', 'start'],
  ['limits', 'start'],
  ['operation-getSaveList', { tag: 'churn' }],
  ['tag-session', { tag: 'session' }],
  ['schemas', 'schemas'],
  ['schema-Reason', { schema: 'Reason' }],
  ['schema-Gone', null],
  ['problem-wrong-password', 'problems'],
  ['operation-gone', null],
])('the anchor %j is shown in its part of the handbook', (anchor, place) => {
  expect(placeOf(anchor, operationsByTag(openApi), schemas)).toEqual(place);
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

  test.each([
    [{ minLength: 1, maxLength: 255 }, '1 to 255 characters'],
    [{ minimum: 1 }, 'at least 1'],
    [{ maximum: 100 }, 'at most 100'],
    [{}, ''],
  ])('the limits of %j read %s', (schema, expected) => {
    expect(limitsOf(schema)).toBe(expected);
  });
});
