import { Link } from '@tanstack/react-router';

/** The name of an account, of any length and direction; it leads to the account's page. */
export function AccountName({ id, name }: { readonly id: string; readonly name: string }) {
  return (
    <Link to="/accounts/$accountId" params={{ accountId: id }}>
      <bdi>{name}</bdi>
    </Link>
  );
}
