import { handbook as texts } from '../texts/en/handbook';
import { introduction } from '../texts/en/handbook-introduction';
import { Anchor } from './Anchor';
import { Code } from './Code';
import { Marked } from './Marked';

/** What holds for every operation: signing in, lists, money, repeating, versions, limits. */
export function Introduction() {
  return (
    <>
      <section id="start" aria-labelledby="start-title">
        <h2 id="start-title">
          {texts.start} <Anchor to="start" name={texts.start} />
        </h2>
        <p className="prose">{texts.startSteps}</p>
        <Code label={texts.start}>{introduction.start}</Code>
      </section>
      <section id="conventions" aria-labelledby="conventions-title">
        <h2 id="conventions-title">
          {texts.conventions} <Anchor to="conventions" name={texts.conventions} />
        </h2>
        <ul className="prose bullets">
          {introduction.conventions.map((each) => (
            <li key={each}>
              <Marked>{each}</Marked>
            </li>
          ))}
          <li>
            <a href="/openapi.json">/openapi.json</a> {introduction.description}
          </li>
        </ul>
      </section>
      <section id="limits" aria-labelledby="limits-title">
        <h2 id="limits-title">
          {texts.limits} <Anchor to="limits" name={texts.limits} />
        </h2>
        <ul className="prose bullets">
          {introduction.limits.map((each) => (
            <li key={each}>
              <Marked>{each}</Marked>
            </li>
          ))}
        </ul>
      </section>
    </>
  );
}
