import type { Endpoint } from './endpoint';

/** An operation as the API describes it; `path` contains its parameters: `/v1/accounts/{account_id}`. */
interface Description<Answer> extends Pick<Endpoint<Answer>, 'method' | 'path' | 'schema'> {
  readonly isForm?: boolean;
}

/** The input of an operation: the parameters of its path and query, and its body, if it has them. */
type Input<Data> = {
  readonly [Part in keyof Data as Exclude<Part, 'url'>]: Part extends 'query'
    ? Loose<Data[Part]>
    : Data[Part];
};

/** The query parameters of an operation: `QueryOf<ListAccountsData>`. */
export type QueryOf<Data extends { readonly query?: unknown }> = Loose<NonNullable<Data['query']>>;

/** Lets optional values also be undefined. */
type Loose<Values> = {
  readonly [Name in keyof Values]: Values[Name] | IfOptional<Pick<Values, Name>, undefined, never>;
};

type IfOptional<Values, Then, Else> = Partial<Values> extends Values ? Then : Else;

type Arguments<Data> = IfOptional<Input<Data>, [input?: Input<Data>], [input: Input<Data>]>;

type QueryValue = string | number | boolean | null | undefined;

/** A list is a parameter that is repeated. */
type QueryValues = Readonly<Record<string, QueryValue | readonly QueryValue[]>>;

/** The input of any operation. */
interface AnyInput {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: QueryValues;
  readonly body?: unknown;
}

/** Creates the function that describes an operation's calls; the generator supplies the types. */
// Lets the build of a page leave out the operations that it does not call.
// @__NO_SIDE_EFFECTS__
export function operation<Data, Answer>({ method, path, schema, isForm = false }: Description<Answer>) {
  return (...[input]: Arguments<Data>): Endpoint<Answer> => {
    const { path: values = {}, query = {}, body }: AnyInput = input ?? {};
    const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? ''));
    const sent = isForm ? new URLSearchParams(body as Record<string, string>) : body;
    return { method, path: withQuery(filled, query), body: sent, schema };
  };
}

/** Appends the values that are set; absent and empty ones are left out, so that the server's defaults apply. */
function withQuery(path: string, values: QueryValues): string {
  const present = Object.entries(values).flatMap(([name, value]) =>
    [value]
      .flat()
      .flatMap((one) => (one === undefined || one === null || one === '' ? [] : [[name, String(one)]])),
  );
  return present.length === 0 ? path : `${path}?${new URLSearchParams(present).toString()}`;
}
