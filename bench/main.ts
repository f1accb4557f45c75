/**
 * Times training steps.
 *
 *   npm run --silent bench -- [case…] [--threads=N] [--json]   one line a case
 *   npm run bench -- --profile CASE                            time per instruction
 *   npm run bench -- --explain CASE                            the compiled program
 */
import { parseArgs } from "node:util";
import { getDevice } from "rappel";
import { cases, runStep } from "./cases.ts";
import { profile } from "./profile.ts";
import { microsecondsPerStep } from "./protocol.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    threads: { type: "string" },
    json: { type: "boolean", default: false },
    profile: { type: "string" },
    explain: { type: "string" },
  },
});

function makeCase(name: string) {
  const make = cases[name];
  if (!make) throw new RangeError(`there is no case "${name}"; there are ${Object.keys(cases).join(", ")}`);
  return make();
}

if (values.threads) process.env.RAPPEL_THREADS = values.threads;
if (!values.json) console.log(getDevice().description);
if (values.profile) console.log(await profile(makeCase(values.profile)));
else if (values.explain) console.log(makeCase(values.explain).explain());
else {
  // Cases of the suite that have no parts yet are passed over when all are asked for by name.
  const wanted = positionals.length > 0 ? positionals.filter((name) => name in cases) : Object.keys(cases);
  for (const name of wanted) {
    const prepared = makeCase(name);
    const us = Math.round((await microsecondsPerStep(() => runStep(prepared))) * 100) / 100;
    console.log(
      values.json
        ? JSON.stringify({ peer: "rappel", case: name, us })
        : `${name.padEnd(10)} ${us.toFixed(1).padStart(10)} µs`,
    );
  }
}
