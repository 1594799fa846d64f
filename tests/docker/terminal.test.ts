// `topology exec` and similar commands at a real terminal (script(1) makes one) and with real
// pipes: what is typed, shown and left behind.

import assert from "node:assert/strict";
import { once } from "node:events";
import { openSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { finished, rttlab, shell, start, topology } from "./cli.ts";
import { execIn } from "./engine.ts";

const SCENARIO = "lan";
const HOST = `${SCENARIO}/load-a`;
const CONTAINER = `rttlab-${SCENARIO}-load-a`;
const RTTLAB = `${process.execPath} bin/rttlab topology`;

describe("a command in a host", () => {
  before(() => topology("up", SCENARIO, "uncalibrated", "idle"));
  after(() => topology("down", SCENARIO));

  /**
   * How many processes of the host have this word in their command lines; the searching process
   * spells it otherwise.
   */
  async function countOf(word: string): Promise<number> {
    const pattern = `[${word[0]}]${word.slice(1)}`;
    const { output } = await execIn(
      CONTAINER,
      "sh",
      "-c",
      `grep -la -- "$1" /proc/[0-9]*/cmdline | wc -l`,
      "sh",
      pattern,
    );
    return Number(output);
  }

  describe("at a terminal", () => {
    /**
     * Runs the command at a terminal of 31 lines of 97; `react` receives the terminal's name and
     * everything shown so far.
     */
    async function atTerminal(command: string, react: (tty: string, shown: string) => void = () => {}) {
      const around = `stty rows 31 cols 97; tty; before=$(stty -g); ${RTTLAB} exec ${HOST} ${command}
        echo "status $?"; [ "$before" = "$(stty -g)" ] && echo restored`;
      const child = start(["-qec", around, "/dev/null"], "script", "pipe");
      const ended = finished(child);
      let shown = "";
      child.stdout?.on("data", (text: string) => {
        shown += text;
        react(/\/dev\/pts\/\d+/.exec(shown)?.[0] ?? "", shown);
      });
      const { stdout } = await ended;
      return stdout;
    }

    it("has its size, and ends its lines as a terminal does", async () => {
      const shown = await atTerminal(`sh -c "echo one; stty size"`);
      assert.match(shown, /one\r\n31 97\r\nstatus 0\r\nrestored/);
    });

    it("learns of a new size", async () => {
      let isResized = false;
      const shown = await atTerminal(
        `sh -c "trap 'stty size; exit 5' WINCH; echo ready; while :; do sleep 0.1; done"`,
        (tty, text) => {
          if (isResized || !text.includes("ready\r\n")) return;
          isResized = true;
          void shell(`stty -F ${tty} rows 40 cols 100`);
        },
      );
      assert.match(shown, /ready\r\n40 100\r\nstatus 5\r\nrestored/);
    });

    for (const signal of ["INT", "TERM", "KILL"]) {
      it(`leaves the terminal as it was when SIG${signal} ends the program`, async () => {
        let isKilled = false;
        const shown = await atTerminal(`sh -c "echo ready; exec sleep 1234"`, (tty, text) => {
          if (isKilled || !text.includes("ready\r\n")) return;
          isKilled = true;
          void shell(`kill -${signal} $(pgrep -t ${tty.replace("/dev/", "")} -f "topology/main.ts exec")`);
        });
        assert.match(shown, /status \d+\r\nrestored/);
      });
    }
  });

  describe("before a pipe", () => {
    it("ends when nobody reads it any more, and nothing is said", async () => {
      const { stdout, stderr } = await shell(`{ ${RTTLAB} exec ${HOST} yes 12321; echo "status $?" >&2; } | head -1`);
      assert.deepEqual([stdout, stderr], ["12321\n", "status 141\n"]);
      assert.equal(await countOf("12321"), 0);
    });

    it("ends also when it ignores what a shell would send it", async () => {
      const loop = `trap '' PIPE; while :; do echo 12322; done`;
      await shell(`${RTTLAB} exec ${HOST} sh -c "${loop}" | head -1`);
      assert.equal(await countOf("12322"), 0);
    });

    it("ends by SIGINT, sent right after its start as well", async () => {
      for (const millis of [0, 300, 600]) {
        const child = start(["bin/rttlab", "topology", "exec", HOST, "sleep", "12323"]);
        const ended = finished(child);
        await once(child, "spawn");
        // no event shows where in its start the program is
        setTimeout(() => child.kill("SIGINT"), 300 + millis);
        const { exitCode, signal } = await ended;
        assert.ok(exitCode === 130 || signal === "SIGINT", `${exitCode} ${signal}`);
        assert.equal(await countOf("12323"), 0);
      }
    });
  });

  describe("to a full disk", () => {
    const commands = [
      ...[`status ${SCENARIO}`, `status ${SCENARIO} --json`, "list", `plan ${SCENARIO}`, `logs ${SCENARIO}/server`],
      ...["--help", `exec ${HOST} yes`],
    ];
    for (const command of commands) {
      it(`is an error in one line: ${command}`, async () => {
        const full = openSync("/dev/full", "w");
        const child = start(["bin/rttlab", "topology", ...command.split(" ")], process.execPath, [
          "ignore",
          full,
          "pipe",
        ]);
        const { exitCode, stderr } = await finished(child);
        assert.deepEqual(
          [exitCode, stderr.split("\n")],
          [1, ["E_OUTPUT: writing to stdout: no space is left there", ""]],
        );
      });
    }
  });

  it("whose output is too much for one JSON document is ended, and says so", async () => {
    const { exitCode, stderr } = await rttlab("topology", "exec", "--json", HOST, "yes", "12324");
    assert.equal(exitCode, 1);
    assert.match(stderr, /^E_EXEC: running yes in .*more than 64 MiB.*\n$/);
    assert.equal(await countOf("12324"), 0);
  });
});
