/**
 * The last line of .ci/run: adds up what the test runner (build/ci/tests.json) and the checks
 * (build/ci/check.json) left behind. A step that left nothing never finished: it counts as failed.
 */
import { readFileSync } from "node:fs";

const tests = count("tests.json", (report) => ({
  passed: report.numPassedTests,
  failed: report.numFailedTests,
  // A file that cannot be loaded fails without a test that fails.
  broken: report.testResults.filter(isBroken).length,
}));
const checks = count("check.json", (report) => report);

const passed = tests.passed + checks.passed;
const failed = tests.failed + (tests.broken ?? 0) + checks.failed;
console.log(`tests: ${tests.passed}, checks: ${checks.passed}`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && tests.passed > 0 ? 0 : 1;

function isBroken({ status, assertionResults }) {
  return status === "failed" && !assertionResults.some((test) => test.status === "failed");
}

function count(file, numbers) {
  try {
    return numbers(
      JSON.parse(readFileSync(new URL(`../build/ci/${file}`, import.meta.url), "utf8")),
    );
  } catch (error) {
    console.error(`build/ci/${file}: ${error.message}`);
    return { passed: 0, failed: 1 };
  }
}
