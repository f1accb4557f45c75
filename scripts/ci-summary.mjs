// Adds up a CI run: node ci-summary.mjs REPORT tests=CODE lint=CODE types=CODE, where REPORT is Vitest's JSON report and
// each CODE a command's exit code. Every test counts as one, lint and types as one each. The last line is the verdict.
import { existsSync, readFileSync } from "node:fs";

const [reportPath, ...commands] = process.argv.slice(2);
let passed = 0;
let failed = 0;
for (const command of commands) {
  const [name, code] = command.split("=");
  if (code !== "0") console.log(`${name}: exit code ${code}`);
  if (name === "tests") {
    const report = existsSync(reportPath) ? JSON.parse(readFileSync(reportPath, "utf8")) : { testResults: [] };
    const results = report.testResults.flatMap((file) => file.assertionResults);
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
