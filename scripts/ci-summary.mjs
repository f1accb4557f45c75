// Adds up a CI run: node ci-summary.mjs NAME=CODE[:REPORT,...] ..., where each CODE is a command's exit code and each REPORT a JSON
// report of Vitest's that the command wrote. Every test counts as one, and so does each command without reports. The last line is
// the verdict.
import { existsSync, readFileSync } from "node:fs";

let passed = 0;
let failed = 0;
for (const command of process.argv.slice(2)) {
  const [, name, code, reports] = /^(\w+)=(\d+)(?::(.*))?$/.exec(command);
  if (code !== "0") console.log(`${name}: exit code ${code}`);
  if (reports !== undefined) {
    const results = reports
      .split(",")
      .filter((path) => existsSync(path))
      .flatMap((path) => JSON.parse(readFileSync(path, "utf8")).testResults)
      .flatMap((file) => file.assertionResults);
    const failedTests = results.filter((result) => result.status === "failed").length;
    passed += results.filter((result) => result.status === "passed").length;
    // A file that does not load, an unhandled error or a failed setup fails the run without failing any test.
    failed += code === "0" ? failedTests : Math.max(failedTests, 1);
  } else if (code === "0") {
    passed += 1;
  } else {
    failed += 1;
  }
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
