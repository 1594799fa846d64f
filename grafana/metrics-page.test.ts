// docs/metrics.md against what the services export: every label, and how many series there are.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { metricsPage, sources } from "./metrics-page.ts";

const page = await metricsPage();
const [, prose = ""] = /\*\*How many series\.\*\* ([\s\S]*?)\n\n/.exec(page) ?? [];
const words = prose.replaceAll("\n", " ");
const samples = new Map<string, string[]>();
for (const { service, source } of sources())
  samples.set(
    service,
    (await source.metrics()).split("\n").filter((line) => /^\w/.test(line)),
  );

/** The numbers that the page has where the expression has groups. */
function written(expression: RegExp): number[] {
  return (expression.exec(words) ?? assert.fail(`${expression} in ${words}`)).slice(1).map(Number);
}

function count(service: string, isMeant: (line: string) => boolean): number {
  return (samples.get(service) ?? assert.fail(service)).filter(isMeant).length;
}

it("every metric of the server has its structure as a label, on the page as in the exposition", () => {
  const rows = page.split("\n").filter((line) => line.startsWith("| `rttlab_http_"));
  assert.ok(rows.length > 10);
  for (const row of rows) assert.match(row, /`structure`/);
});

describe("the page's number of series", () => {
  it("is what a link has at most", () => {
    const [most = 0] = written(/A link has at most (\d+)/);
    assert.ok(count("Links", () => true) <= most);
  });

  it("is what a container and a study have", () => {
    const [container, study, cell] = written(/a container (\d+), a study that runs (\d+) and (\d+) for each/);
    assert.equal(
      count("Containers", (line) => line.startsWith("rttlab_container")),
      container,
    );
    const isOfCell = (line: string) => line.includes("quantity=");
    assert.equal(count("Containers", isOfCell), cell);
    assert.equal(
      count("Containers", (line) => line.startsWith("rttlab_study") && !isOfCell(line)),
      study,
    );
  });

  it("is what a load generator has at most, and each phase of a request", () => {
    const [most = 0, ofPhase] = written(/a load generator at most (\d+) \((\d+) for each of 8 phases/);
    assert.ok(count("Load generators", () => true) <= most);
    assert.equal(
      count("Load generators", (line) => line.includes('phase="total"')),
      ofPhase,
    );
  });

  it("is what a RUDP endpoint has, and each open connection", () => {
    const [endpoint = 0, connection] = written(/a RUDP endpoint (\d+) and (\d+) for each open connection/);
    const isOfConnection = (line: string) => line.includes("slot=");
    assert.equal(count("RUDP endpoints", isOfConnection), connection);
    assert.ok(count("RUDP endpoints", (line) => !isOfConnection(line)) <= endpoint);
  });

  it("is what a server has, and each operation and class that it has met", () => {
    const [server = 0, operation] = written(/a server (\d+), and (\d+) more for each operation/);
    const isOfOperation = (line: string) => line.includes("operation=");
    assert.equal(count("Server", isOfOperation), operation);
    const most = count("Server", (line) => !isOfOperation(line));
    assert.ok(most <= server && most > 0.9 * server, `${most} of ${server}`);
  });
});
