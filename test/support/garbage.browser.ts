/** V8's own function that collects garbage at once, which the browser has been started with. */
export const gc = Reflect.get(globalThis, "gc") as () => void;
