/** What every host of JavaScript has, each in its own way: turns of the event loop, warnings, variables of the environment. */

/** Lets everything happen once that waits for the event loop: timers, input, answers, finalizers. */
export function nextTurn(): Promise<void> {
  if (typeof setImmediate === "function") return new Promise((resolve) => setImmediate(resolve));
  // Pages have no setImmediate, and hold back chains of timers for 4 ms a link; messages they hold back by nothing.
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    const arrived = () => {
      port1.close();
      resolve();
    };
    port1.addEventListener("message", arrived, { once: true });
    port1.start();
    port2.postMessage(undefined);
  });
}

/** Does something after a while, if the program still runs then. */
export function later(milliseconds: number, action: () => void): void {
  const timer: unknown = setTimeout(action, milliseconds);
  if (typeof timer === "object" && timer !== null && "unref" in timer && typeof timer.unref === "function")
    timer.unref();
}

/** Warns of something that works but is hardly meant. */
export function warn(message: string): void {
  if (typeof process === "object" && typeof process.emitWarning === "function")
    process.emitWarning(message, "RappelWarning");
  // biome-ignore lint/suspicious/noConsole: pages have no other place for warnings
  else console.warn(message);
}

/** A variable of the environment; undefined where it is empty or there is no environment. */
export function environmentVariable(name: string): string | undefined {
  return (typeof process === "object" && process.env?.[name]) || undefined;
}
