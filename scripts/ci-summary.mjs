/**
 * The last line of .ci/run: adds up what the test runner (build/ci/tests.json, build/ci/package.json), the
 * checks (build/ci/check.json) and the hosts (build/ci/hosts.json) left behind. A step that left nothing
 * never finished: it counts as failed. What was skipped is said, if anything was.
 */
import { readFileSync } from "node:fs";

const tests = count("tests.json", ofRunner);
const checks = count("check.json", (report) => report);
const ofPackage = count("package.json", ofRunner);

const ofHosts = count("hosts.json", (report) => report);

const all = [tests, checks, ofPackage, ofHosts];
const [passed, failed, skipped] = ["passed", "failed", "skipped"].map((outcome) =>
  all.reduce((sum, step) => sum + (step[outcome] ?? 0), 0),
);
console.log(
  `tests: ${tests.passed}, checks: ${checks.passed}, of the package: ${ofPackage.passed}, of hosts: ${ofHosts.passed}`,
);
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
process.exitCode = failed === 0 && tests.passed > 0 && ofPackage.passed > 0 ? 0 : 1;

function ofRunner({ numPassedTests, numFailedTests, numPendingTests, testResults }) {
  // A file that cannot be loaded fails without a test that fails.
  const broken = testResults.filter(isBroken).length;
  return { passed: numPassedTests, failed: numFailedTests + broken, skipped: numPendingTests };
}

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
