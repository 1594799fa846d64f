// `npm test`: the checks, the long simulations, then the tests on real containers. Those share one Docker engine and keep
// time, so they run one by one.

import { check, testFiles } from "./check.ts";
import { fromRoot, type PartResult, runTests, summarize } from "./part.ts";

/** Longer than any of them takes on two cores with images to build first. */
const TIMEOUT_MILLIS = 15 * 60_000;

const parts: PartResult[] = await check();
for (const file of [...(await testFiles("tests/slow/*.test.ts")), ...(await testFiles("tests/docker/*.test.ts"))]) {
  parts.push(await runTests(fromRoot(file), [file], { concurrency: 1, timeoutMillis: TIMEOUT_MILLIS, verbose: true }));
}
process.exitCode = summarize(parts) ? 0 : 1;
