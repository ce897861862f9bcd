/** English: one module for each page. A page loads the words that it says. */

export { account } from './en/account';
export { accounts } from './en/accounts';
export { cases } from './en/cases';
export { common } from './en/common';
export { data } from './en/data';
export { figures } from './en/figures';
export { firstRun } from './en/first-run';
export { forms } from './en/forms';
export { live } from './en/live';
export { models } from './en/models';
export { nights } from './en/nights';
export { offline } from './en/offline';
export { outcomes } from './en/outcomes';
export { revenue } from './en/revenue';
export { listLabels } from './en/list-labels';
export { risk } from './en/risk';
export { saveList } from './en/save-list';
export { settings } from './en/settings';
export { shell } from './en/shell';
export { setPassword, signIn } from './en/sign-in';
export { timeline } from './en/timeline';
export { today } from './en/today';
export { ui } from './en/ui';
export { websites } from './en/websites';
