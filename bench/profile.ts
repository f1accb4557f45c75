/** Where the time of a case goes: every instruction of its program with its share, GFLOP/s and GB/s. */
import { type Case, runStep } from "./cases.ts";

/** A table for people: an instruction a line, in program order. */
export async function profile(prepared: Case, times = 50): Promise<string> {
  await runStep(prepared);
  prepared.profile(3);
  const entries = prepared.profile(times);
  const total = entries.reduce((sum, { nanoseconds }) => sum + nanoseconds, 0);
  const rows = entries.map(({ instruction, nanoseconds, flops, bytes }) => {
    const micros = (nanoseconds / times / 1e3).toFixed(1).padStart(9);
    const share = `${((100 * nanoseconds) / total).toFixed(1)} %`.padStart(7);
    // A loop has no time of its own: its instructions have it.
    const rate = (amount: number) => (nanoseconds > 0 ? amount / nanoseconds : 0).toFixed(1);
    const gflops = rate(flops).padStart(8);
    const gigabytes = rate(bytes).padStart(7);
    return `${micros} ${share} ${gflops} ${gigabytes}  ${instruction}`;
  });
  const flops = entries.reduce((sum, entry) => sum + entry.flops, 0);
  return [
    `${"µs".padStart(9)} ${"share".padStart(7)} ${"GFLOP/s".padStart(8)} ${"GB/s".padStart(7)}  instruction`,
    ...rows,
    `${(total / times / 1e3).toFixed(1).padStart(9)} ${"100 %".padStart(7)} ${(flops / total).toFixed(1).padStart(8)}          total`,
  ].join("\n");
}
