/** `rappel devices`: what can compute here, which of it would, and why. */
import type { DeviceName } from "../devices/options.ts";
import { deviceNames, openDevice } from "../devices/select.ts";
import type { CommandContext } from "./context.ts";

/** Lists the devices, the chosen one marked and first. */
export async function listDevices({ output, style }: CommandContext): Promise<void> {
  const chosen = openDevice();
  output.write(`${style.good("*")} ${chosen.description}\n`);
  for (const name of deviceNames) {
    if (name === chosen.name) continue;
    output.write(`  ${describeDevice(name)}\n`);
  }
}

/** The device's own line, or why it cannot be had. */
function describeDevice(name: DeviceName): string {
  try {
    return openDevice(name).description.replace(/; chosen because .*$/, "");
  } catch (error) {
    return error instanceof Error ? error.message : `${name}: ${error}`;
  }
}
