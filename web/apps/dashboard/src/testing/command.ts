/** Finds a command by its text: its words are elements of their own. */
export const isCommand = (command: string) => (_: string, element: Element | null) =>
  element?.tagName === 'CODE' && element.textContent === command;
