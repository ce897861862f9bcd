import type { Endpoint } from './endpoint';

/** What the description says of an operation; `path` names its parameters: `/v1/accounts/{account_id}`. */
interface Description<Answer> extends Pick<Endpoint<Answer>, 'method' | 'path' | 'schema'> {
  readonly isForm?: boolean;
}

/** What is given to an operation: the values of its path and of its query, and its body, where it has them. */
type Given<Data> = {
  readonly [Part in keyof Data as Exclude<Part, 'url'>]: Part extends 'query'
    ? Loose<Data[Part]>
    : Data[Part];
};

/** The query of an operation by its data: `QueryOf<ListAccountsData>`. */
export type QueryOf<Data extends { readonly query?: unknown }> = Loose<NonNullable<Data['query']>>;

/** What may be left out may also be undefined. */
type Loose<Values> = {
  readonly [Name in keyof Values]: Values[Name] | IfOptional<Pick<Values, Name>, undefined, never>;
};

type IfOptional<Values, Then, Else> = Partial<Values> extends Values ? Then : Else;

type Arguments<Data> = IfOptional<Given<Data>, [given?: Given<Data>], [given: Given<Data>]>;

type QueryValues = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** The same without the types of one operation. */
interface Parts {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: QueryValues;
  readonly body?: unknown;
}

/** The function that makes an operation's calls, typed by what the generator says that it takes and answers. */
// For the build of a page, which leaves out the operations that it does not call.
// @__NO_SIDE_EFFECTS__
export function operation<Data, Answer>({ method, path, schema, isForm = false }: Description<Answer>) {
  return (...[given]: Arguments<Data>): Endpoint<Answer> => {
    const { path: values = {}, query = {}, body }: Parts = given ?? {};
    const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? ''));
    const sent = isForm ? new URLSearchParams(body as Record<string, string>) : body;
    return { method, path: withQuery(filled, query), body: sent, schema };
  };
}

/** The path with the values that are set; absent and empty ones are left out, so the server's defaults hold. */
function withQuery(path: string, values: QueryValues): string {
  const present = Object.entries(values).flatMap(([name, value]) =>
    value === undefined || value === null || value === '' ? [] : [[name, String(value)]],
  );
  return present.length === 0 ? path : `${path}?${new URLSearchParams(present).toString()}`;
}
