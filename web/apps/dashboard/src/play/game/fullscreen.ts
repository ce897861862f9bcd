/** Whether the browser can fill the screen with a page; phones by Apple cannot. */
export function canFillScreen(): boolean {
  return document.fullscreenEnabled;
}

/** Fills the screen with the page, or leaves it again. The whole page, because dialogs are outside of the game. */
export function toggleFullscreen(): void {
  if (document.fullscreenElement !== null) void document.exitFullscreen();
  else if (canFillScreen()) void document.documentElement.requestFullscreen();
}
