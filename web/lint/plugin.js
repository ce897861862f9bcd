import { noImportCycle } from './no-import-cycle.js';
import { wholeTexts } from './whole-texts.js';

/** The rules of our own, for `.oxlintrc.json`. */
export default {
  meta: { name: 'keepwell' },
  rules: { 'no-import-cycle': noImportCycle, 'whole-texts': wholeTexts },
};
