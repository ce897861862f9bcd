import { englishUiTexts } from '@keepwell/ui';

/** The words of the parts that pages are made of. */
export const ui = englishUiTexts;
