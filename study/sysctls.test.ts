import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { describe, it } from "node:test";
import { PRINT_SETTINGS, settingsOf } from "./sysctls.ts";

describe("the settings of TCP in the hosts", () => {
  const [command = "", ...words] = PRINT_SETTINGS;
  const here = execFileSync(command, words, { encoding: "utf8" });

  it("stand once where all hosts have the same, also those that this kernel lacks", () => {
    const settings = settingsOf(
      new Map([
        ["server", here],
        ["client", here],
      ]),
    );
    assert.match(settings.tcp_rmem ?? "", /^\d+ \d+ \d+$/);
    assert.ok(
      ["tcp_autocorking", "tcp_moderate_rcvbuf", "tcp_rto_min_us", "tcp_cubic hystart"].every(
        (name) => name in settings,
      ),
    );
    assert.ok(Object.values(settings).every((value) => value !== "" && !value.includes("server")));
  });

  it("stand with their hosts where these differ", () => {
    const other = here.replace(/^.*\n/, "vegas\n");
    const { tcp_congestion_control: congestion } = settingsOf(
      new Map([
        ["server", other],
        ["client", here],
        ["sink", here],
      ]),
    );
    assert.match(congestion ?? "", /^vegas \(server\); \w+ \(client, sink\)$/);
  });
});
