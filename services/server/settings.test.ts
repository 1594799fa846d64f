// docs/server-reference.md has every setting, with its variable, its range and its meaning.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { it } from "node:test";
import type { RttlabError } from "../../lib/errors.ts";
import { readConfig } from "./config.ts";
import { SETTINGS } from "./settings.ts";

const REFERENCE = readFileSync(join(import.meta.dirname, "..", "..", "docs", "server-reference.md"), "utf8");

it("the reference lists the settings as they are, and no others", () => {
  const rows = REFERENCE.split("\n").filter((line) => line.startsWith("| `--") && line.split("|").length === 7);
  const documented = rows.map((row) => {
    const [option, variable, , allowed, help] = row
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim());
    return [option, variable, allowed, help];
  });
  // The kinds of sockets depend on the system; the page names all.
  const onThePage = (option: string, allowed: string) => (option === "sockets" ? "net, epoll" : allowed);
  const settings = Object.values(SETTINGS).map(({ option, variable, allowed, help }) => [
    `\`--${option}\``,
    `\`${variable}\``,
    onThePage(option, allowed),
    help,
  ]);
  assert.deepEqual(documented, settings);
});

it("a setting goes to its place in the configuration, an option before its variable", () => {
  const environment = { RTTLAB_PROTOCOL: "echo", SERVER_IDLE_CAPACITY: "7", SERVER_HTACCESS: "off" };
  const options = ["--idle-capacity", "9", "--log", "common", "--nodelay", "off", "--writes", "parts"];
  const config = readConfig(options, environment);
  assert.equal(config?.server.protocol, "echo");
  assert.equal(config?.server.timeouts.idle.capacity, 9);
  assert.equal(config?.server.site.htaccess, false);
  assert.equal(config?.server.accessLog, true);
  assert.deepEqual([config?.server.nodelay, config?.server.writes], [false, "parts"]);
});

it("an unknown protocol is refused, and the refusal names those that the server speaks", () => {
  assert.throws(() => readConfig([], { RTTLAB_PROTOCOL: "gopher" }), {
    code: "E_BAD_ENVIRONMENT",
    problems: [
      { code: "E_BAD_VALUE", path: "RTTLAB_PROTOCOL", message: "gopher cannot be read", allowed: "http, echo" },
    ],
  });
});

it("options that are not known, have no value or a bad one are refused at once, and so is a word", () => {
  const problemsOf = (...words: string[]) => {
    try {
      readConfig(words, {});
    } catch (error) {
      const { code, problems } = error as RttlabError;
      return [code, ...problems.map(({ path, message }) => `${path}: ${message}`)];
    }
    return [];
  };
  assert.deepEqual(problemsOf("--prot", "80", "--workers", "x", "--rot=a", "site", "--log"), [
    "E_USAGE",
    "--prot: is not known here",
    "--rot: is not known here",
    "site: stands behind no option",
    "--log: needs a value",
    "--workers: x cannot be read",
  ]);
  assert.deepEqual(problemsOf("--workers", "x"), ["E_BAD_ENVIRONMENT", "--workers: x cannot be read"]);
  assert.equal(readConfig(["--prot", "80", "--help"], {}), null);
});

it("what RUDP does not have is refused with it, every problem at once, and served over TCP", () => {
  const words = ["--address", "::1", "--nodelay", "off", "--writes", "parts"];
  assert.equal(readConfig(words, {})?.server.transport, "tcp");
  assert.throws(
    () => readConfig([...words, "--transport", "rudp"], {}),
    ({ code, problems }: RttlabError) => {
      assert.equal(code, "E_BAD_ENVIRONMENT");
      const paths = ["RTTLAB_DATA_ADDRESS", "SERVER_NODELAY", "SERVER_WRITES"];
      assert.deepEqual(
        problems.map(({ path }) => path),
        paths,
      );
      assert.match(problems[0]?.message ?? "", /^::1 cannot be with the transport rudp: RUDP runs over IPv4 only/);
      return true;
    },
  );
});
