/** Sets the clock of this page to `instant`, from where it goes on: "today" is then the day of the recording. */
export function setClock(instant: string): void {
  const machineNow = Date.now.bind(Date);
  const offset = Date.parse(instant) - machineNow();
  Date.now = () => machineNow() + offset;
  window.Date = new Proxy(Date, {
    construct: (target, given: ConstructorParameters<DateConstructor> | [], newTarget) =>
      Reflect.construct(target, given.length === 0 ? [Date.now()] : given, newTarget) as Date,
    apply: () => new Date().toString(),
  });
}

/** Takes away what would need a server at its own address: this is then a browser without service workers. */
export function removeServiceWorkers(): void {
  Reflect.deleteProperty(Navigator.prototype, 'serviceWorker');
}
