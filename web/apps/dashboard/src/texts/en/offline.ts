const changes = (count: number) => (count === 1 ? '1 change' : `${count} changes`);

export const offline = {
  live: (time: string) => `Live, synced ${time}`,
  asking: 'Asking every 15 s',
  offline: (time: string) => `Offline, data of ${time}`,
  offlineSinceStart: 'Offline',
  connecting: 'Connecting…',
  banner: {
    title: (time: string) => `Offline since ${time}.`,
    titleSinceStart: 'Offline.',
    detail: 'You see what was here then.',
    waiting: (count: number) =>
      count === 1 ? '1 change waits and is sent once.' : `${count} changes wait and are sent once.`,
    lost: 'This browser keeps nothing, so they are lost if you close the page.',
    see: (count: number) => `See ${count === 1 ? 'it' : `the ${count}`}`,
  },
  refused: {
    title: (count: number) => `${changes(count)} could not be sent.`,
    detail: 'Nothing else waits for that.',
    open: 'Open',
  },
  update: {
    ready: 'A new version is ready.',
    readyDetail: 'Reload when it suits you; nothing reloads by itself.',
    gone: 'Keepwell was updated, and this page is of the old version.',
    goneDetail: 'Some pages only open after a reload.',
    reload: 'Reload',
  },
  tray: {
    title: 'Changes made here',
    waiting: 'Waiting to be sent',
    refused: 'Could not be sent',
    nothing: 'Everything has been sent.',
    made: (time: string) => `Made ${time}`,
    changed: 'Somebody else has changed it since. Sending it again replaces theirs.',
    yours: 'Yours',
    theirs: 'Theirs',
    retry: 'Send again',
    replace: 'Send mine over theirs',
    discard: 'Discard',
  },
  signOut: {
    title: 'Sign out and lose what waits?',
    detail: (count: number) =>
      `${changes(count)} made in this browser ${count === 1 ? 'has' : 'have'} not reached the server. Signing out erases ${count === 1 ? 'it' : 'them'}.`,
    stay: 'Stay signed in',
    leave: 'Sign out and erase',
  },
};
