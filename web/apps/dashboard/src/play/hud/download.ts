/** Offers bytes to the player as a file. */
export function download(name: string, content: Uint8Array): void {
  const url = URL.createObjectURL(new Blob([content.slice()]));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
