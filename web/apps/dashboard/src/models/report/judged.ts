import type { Label } from '@keepwell/api';
import { createContext, use } from 'react';

import { texts } from '../../texts';

const words = texts.models.judged;

/** What the sections of a model's page say, by what its label calls leaving. */
export type JudgedWords = (typeof words)[Label['name']];

export const JudgedContext = createContext<JudgedWords>(words.subscription);

export function useJudged(): JudgedWords {
  return use(JudgedContext);
}
