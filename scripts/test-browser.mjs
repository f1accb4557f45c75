// Runs the suites of every device in headless Chromium on each of the engine's WebAssembly modules: with relaxed SIMD and without, on
// pages that are isolated from other origins (several threads) and on pages that are not (one): npm run test:browser. Arguments are
// passed on to Vitest; {module} in them is the run's, such as "wasm128-threads". Without Chromium or the modules the tests are skipped
// with a line that says so, or fail with RAPPEL_REQUIRE_CHROMIUM=1.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { whyNoChromium } from "./chromium.mjs";

const root = resolve(import.meta.dirname, "..");
const say = (text) => console.error(`browser tests: ${text}`);

function whySkipped() {
  if (!existsSync(join(root, "build", "engine", "rappel.wasm")))
    return "skipped: the engine is not built as WebAssembly (Debian: apt-get install clang-19 lld-19, then npm run setup)";
  return whyNoChromium && `skipped: ${whyNoChromium}`;
}

const why = whySkipped();
if (why) {
  say(why);
  process.exit(process.env.RAPPEL_REQUIRE_CHROMIUM === "1" ? 1 : 0);
}
const vitest = join(root, "node_modules", "vitest", "vitest.mjs");
let worst = 0;
for (const isa of ["wasm128-relaxed", "wasm128"])
  for (const isolated of ["0", "1"]) {
    const module = isolated === "1" ? `${isa}-threads` : isa;
    const { status } = spawnSync(
      process.execPath,
      [
        ...[vitest, "run", "--config", "test/browser/vitest.config.mjs"],
        ...process.argv.slice(2).map((argument) => argument.replace("{module}", module)),
      ],
      { cwd: root, stdio: "inherit", env: { ...process.env, RAPPEL_ISOLATED: isolated, RAPPEL_ISA: isa } },
    );
    worst = Math.max(worst, status ?? 1);
  }
process.exitCode = worst;
