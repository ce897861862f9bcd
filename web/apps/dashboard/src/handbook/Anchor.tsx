import { handbook as texts } from '../texts/en/handbook';

/** The link of a heading to itself, for those who want to send it to somebody. */
export function Anchor({ to, name }: { readonly to: string; readonly name: string }) {
  return (
    <a className="anchor" href={`#${to}`} aria-label={texts.linkTo(name)}>
      #
    </a>
  );
}
