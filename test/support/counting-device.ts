/** A device that counts what is asked of it, to tell how many programs a step takes. */
import type { Graph } from "../../src/compiler/graph.ts";
import type { Device } from "../../src/devices/device.ts";

export interface CountingDevice extends Device {
  /** Programs that assign to variables, with how often each ran. */
  readonly runs: { readonly updates: number; times: number; submissions: number }[];
}

export function countingDevice(device: Device): CountingDevice {
  const runs: { readonly updates: number; times: number; submissions: number }[] = [];
  return {
    runs,
    name: device.name,
    description: device.description,
    threads: device.threads,
    get liveBuffers() {
      return device.liveBuffers;
    },
    get livePrograms() {
      return device.livePrograms;
    },
    allocate: (dtype, size) => device.allocate(dtype, size),
    release: (buffer) => device.release(buffer),
    write: (buffer, data) => device.write(buffer, data),
    read: (buffer) => device.read(buffer),
    readIfDone: (buffer) => device.readIfDone(buffer),
    finish: () => device.finish(),
    cancel: () => device.cancel(),
    compile(graph: Graph) {
      const executable = device.compile(graph);
      const entry = { updates: graph.updates.length, times: 0, submissions: 0 };
      if (entry.updates > 0) runs.push(entry);
      return {
        run(bindings, times) {
          entry.times += times;
          entry.submissions++;
          executable.run(bindings, times);
        },
        explain: () => executable.explain(),
        release: () => executable.release(),
      };
    },
  };
}
