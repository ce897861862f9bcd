export const signIn = {
  title: 'Sign in',
  heading: 'Sign in to Keepwell',
  spent:
    'That sign-in link has been used, or it is older than 30 minutes. Sign in another way, or get another link.',
  ended: 'Your session has ended',
  endedLead: 'What you typed on the page is still there. Sign in to continue.',
  provider: 'Continue with your provider',
  or: 'or',
  email: 'E-mail',
  password: 'Password',
  forgotten: 'Forgotten?',
  forgottenByMail:
    'Have a link mailed to you. Within five minutes of signing in by it, set another password at /set-password.',
  forgottenByCommand:
    'Ask whoever runs the server for a link, by the command below. Within five minutes of signing in by it, set another password at /set-password.',
  wrong: (hint: string) => `E-mail and password do not match. ${hint}`,
  locked: (time: string, seconds: number) =>
    `Too many attempts. The next one is possible at ${time}, in ${seconds === 1 ? 'a second' : `${seconds} seconds`}.`,
  submit: 'Sign in',
  mailInstead: 'Mail me a link instead',
  mailNeedsEmail: 'Enter the e-mail that you are a member with.',
  mailed: (detail: string) => `${detail} You can close this page.`,
  elsewhere: 'A provider or a link opens in another tab. This page continues when you come back.',
  invited: 'Invited and new here? Set a password',
  invitedLead:
    'Open the link of your invitation: it signs you in once and leads to the page that sets a password. If it is spent, get another one here by your e-mail, or from whoever runs the server.',
  invitedWithoutMail:
    'Open the link that you were given: it signs you in once and leads to the page that sets a password. If it is spent, whoever runs the server prints another one:',
  printed: 'No way in? Print a link on the server',
  printedLead: 'On the machine that runs Keepwell, for the first owner or for the member with an e-mail:',
} as const;

export const setPassword = {
  menu: 'Your password',
  title: 'Set a password',
  lead: (email: string) => `With it and ${email} you sign in from now on. Your other sessions end.`,
  changeTitle: 'Change your password',
  current: 'Current password',
  currentHelp:
    'If you have forgotten it, leave it empty within five minutes of signing in by a link or a provider.',
  next: 'New password',
  help: 'At least 12 characters. Several words that do not belong together are easy to remember and hard to guess.',
  show: 'Show what I type',
  submit: 'Set password',
  later: 'Not now',
  done: 'Your password is set. Your other sessions have ended.',
  go: 'Go to Today',
  noEmail:
    'A password goes with an e-mail, and you have none here yet. Whoever runs the server gives you one, or an owner in the settings:',
} as const;
