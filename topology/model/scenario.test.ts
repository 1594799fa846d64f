import assert from "node:assert/strict";
import { it } from "node:test";
import fc from "fast-check";
import { EXIT, exitStatus, RttlabError } from "../../lib/errors.ts";
import { parseScenario } from "./scenario.ts";

const SOUND = `title: Sound
networks: {servers: {}, site: {}}
hosts:
  server: {role: server, on: servers}
  load: {role: loadgen, on: site}
links:
  wan: {between: [site, servers], rtt: 100ms, rate: 50mbit}
`;

/** The problems of a text, as `line code path: message (allowed)`. */
function problemsOf(text: string, name = "tried"): string[] {
  try {
    parseScenario(name, text);
  } catch (error) {
    assert.ok(error instanceof RttlabError);
    assert.equal(error.code, "E_BAD_SCENARIO");
    assert.equal(exitStatus(error), EXIT.badInput);
    return error.problems.map(
      ({ line, code, path, message, allowed }) => `${line} ${code} ${path}: ${message} (${allowed})`,
    );
  }
  return [];
}

/** Asserts that there is exactly one problem, with this beginning and these texts in it. */
function assertOnly(text: string, beginning: string, ...containing: string[]) {
  const [problem = "no problem", ...more] = problemsOf(text);
  assert.deepEqual(more, []);
  assert.ok(problem.startsWith(beginning), problem);
  for (const part of containing) assert.ok(problem.includes(part), `${problem} does not contain ${part}`);
}

it("what stands beside forward and backward holds for both, and what stands in them comes first", () => {
  const text = SOUND.replace("rate: 50mbit}", "rate: 50mbit, seed: 7, backward: {rate: 5mbit, loss: 1%}}");
  const settings = parseScenario("tried", text).links[0]?.settings;
  assert.equal(settings?.forward.rateBitsPerSecond, 50e6);
  assert.equal(settings?.backward.rateBitsPerSecond, 5e6);
  assert.equal(settings?.forward.lossRatio, 0);
  assert.equal(settings?.backward.lossRatio, 0.01);
  assert.equal(settings?.backward.delayMillis, 50);
  assert.equal(settings?.seed, 7);
});

it("a part that holds itself, by an alias, is refused like any other of the wrong shape", () => {
  assert.ok(problemsOf(`${SOUND}events: &all [*all]\n`).length > 0);
});

it("a network without options may be left empty", () => {
  assert.deepEqual(problemsOf(SOUND.replace("{servers: {}, site: {}}", "\n  servers:\n  site:")), []);
});

it("an unknown key is named with those there are", () => {
  assertOnly(
    SOUND.replace("rtt:", "dealy: 1ms, rtt:"),
    "7 E_UNKNOWN_KEY links.wan.dealy:",
    "delay, jitter, distribution, order",
  );
  assertOnly(`${SOUND}version: 3\n`, "8 E_UNKNOWN_KEY version:", "title, networks, mgmt, hosts, links, ports");
});

it("values out of range are named with the value and the range", () => {
  assertOnly(SOUND.replace("rtt:", "loss: 120%, rtt:"), "7 E_OUT_OF_RANGE links.wan.loss: 120%", "0% to 100%");
  assertOnly(SOUND.replace("100ms", "21s"), "7 E_OUT_OF_RANGE links.wan.rtt: 21s", "0ms to 20s");
  assertOnly(SOUND.replace("50mbit", "50gbit"), "7 E_OUT_OF_RANGE links.wan.rate: 50gbit", "8kbit to 10gbit");
  assertOnly(SOUND.replace("rtt:", "seed: 0, rtt:"), "7 E_OUT_OF_RANGE links.wan.seed: 0", "1 to 4294967295");
  assertOnly(SOUND.replace("rtt:", "seed: 1.5, rtt:"), "7 E_WRONG_TYPE links.wan.seed: 1.5");
});

it("a value without its unit, or of another dimension, is named with what may stand there", () => {
  assertOnly(SOUND.replace("100ms", "100"), "7 E_WRONG_TYPE links.wan.rtt: 100 is a number", "such as 100ms");
  assertOnly(SOUND.replace("50mbit", "50ms"), "7 E_BAD_VALUE links.wan.rate: 50ms cannot be read", "such as 50mbit");
  assertOnly(SOUND.replace("role: server", "role: db"), "4 E_BAD_VALUE hosts.server.role: db", "server, loadgen, rudp");
});

it("a link to a network that is not there is refused with the networks there are", () => {
  assertOnly(
    SOUND.replace("[site, servers]", "[site, server]"),
    "7 E_NO_SUCH_NETWORK links.wan.between[1]: there is no network server (servers, site)",
  );
});

it("a link whose ends are the same network, or which has not two, is refused", () => {
  const same = problemsOf(SOUND.replace("[site, servers]", "[site, site]"));
  assert.ok(same.some((problem) => problem.startsWith("7 E_SAME_NETWORK links.wan.between: both ends are site")));
  assertOnly(SOUND.replace("[site, servers]", "[site]"), "7 E_OUT_OF_RANGE links.wan.between:");
});

it("a host on no network, or on one that is not there, is refused", () => {
  assertOnly(SOUND.replace(", on: site", ""), "5 E_HOST_WITHOUT_NETWORK hosts.load.on: is missing");
  assertOnly(SOUND.replace("on: site", "on: sites"), "5 E_NO_SUCH_NETWORK hosts.load.on: there is no network sites");
});

it("a network given twice is refused with both lines", () => {
  const text = SOUND.replace("{servers: {}, site: {}}", "\n  servers: {}\n  site: {}\n  servers: {}");
  assertOnly(text, "5 E_DUPLICATE_KEY networks.servers: is given twice, first on line 3");
});

it("names that Docker or hostnames refuse, too long ones among them, are refused", () => {
  const longest = "a".repeat(24);
  assert.deepEqual(problemsOf(SOUND.replaceAll("site", longest)), []);
  for (const name of ["Site", "-site", "site-", "9site", "si_te", "si.te", '"si te"', '""', `${longest}a`]) {
    const problems = problemsOf(SOUND.replaceAll("site", name));
    assert.equal(problems.length, 1, `${name}: ${problems.join("\n")}`);
    assert.match(problems[0] ?? "", /^2 E_BAD_NAME networks\./);
  }
  assert.match(problemsOf(SOUND, "Wan_1")[0] ?? "", /E_BAD_NAME name of the file: "Wan_1"/);
});

it("names that are taken, by parts of the testbed or by a host, are refused", () => {
  assertOnly(SOUND.replaceAll("site", "mgmt"), "2 E_NAME_TAKEN networks.mgmt:");
  assertOnly(SOUND.replace("load:", "localhost:"), "5 E_NAME_TAKEN hosts.localhost:");
  assertOnly(SOUND.replace("load:", "json:"), "5 E_NAME_TAKEN hosts.json:", "--json");
  assertOnly(
    SOUND.replaceAll(" site", " mgmt").replaceAll("[site", "[mgmt"),
    "2 E_NAME_TAKEN networks.mgmt:",
    "mgmt: {subnet",
  );
  for (const word of ["all", "json", "help", "idle", "uncalibrated", "thorough"])
    assert.deepEqual(problemsOf(SOUND, word)[0]?.split(":")[0], "undefined E_NAME_TAKEN name of the file");
  assertOnly(SOUND.replace("wan:", "thorough:"), "7 E_NAME_TAKEN links.thorough: thorough is a word of", "calibrate");
  assertOnly(SOUND.replace("wan:", "load:"), "7 E_NAME_TAKEN links.load: load is the name of a host already");
});

it("a pair of hosts that no links join is refused", () => {
  const text = SOUND.replace("site: {}}", "site: {}, far: {}}").replace(
    "links:",
    "  lost: {role: rudp, on: far}\nlinks:",
  );
  const problems = problemsOf(text);
  assert.deepEqual(
    problems.map((problem) => problem.split(" (")[0]),
    [
      "6 E_UNREACHABLE hosts.lost: no links lead from server on servers to lost on far",
      "6 E_UNREACHABLE hosts.lost: no links lead from load on site to lost on far",
    ],
  );
});

it("subnets that are malformed, public, overlapping or too small are refused", () => {
  const withSubnet = (subnet: string) => SOUND.replace("site: {}", `site: {subnet: ${subnet}}`);
  assert.deepEqual(problemsOf(withSubnet("10.9.1.0/24")), []);
  for (const subnet of [
    "10.9.1.0",
    "10.9.1.1/24",
    "10.9.256.0/24",
    "8.8.8.0/24",
    "10.9.1.0/30",
    "10.0.0.0/8",
    "fd00::/64",
  ]) {
    assertOnly(withSubnet(`"${subnet}"`), `2 E_BAD_SUBNET networks.site.subnet: ${subnet}`, "10.9.1.0/24");
  }
  assertOnly(
    SOUND.replace("{servers: {}, site: {}}", "{servers: {subnet: 10.9.0.0/16}, site: {subnet: 10.9.1.0/24}}"),
    "2 E_SUBNET_OVERLAP networks.site.subnet: 10.9.1.0/24 overlaps 10.9.0.0/16 of servers",
  );
  const crowd = (count: number) =>
    withSubnet("10.9.1.0/28").replace(
      "links:",
      `${Array.from({ length: count }, (_, index) => `  h${index}: {role: rudp, on: site}\n`).join("")}links:`,
    );
  assert.deepEqual(problemsOf(crowd(4)), [], "10 to 14 are five hosts, load among them");
  assertOnly(crowd(5), "2 E_SUBNET_TOO_SMALL networks.site.subnet: a /28 has 16 addresses");
});

it("a delay given twice over, as rtt and as delay, is refused", () => {
  assertOnly(
    SOUND.replace("rtt:", "delay: 5ms, rtt:"),
    "7 E_CONFLICTING_KEYS links.wan.delay: delay 5ms is given beside rtt 100ms",
  );
  assertOnly(SOUND.replace("rtt:", "forward: {delay: 5ms}, rtt:"), "7 E_CONFLICTING_KEYS links.wan.forward.delay:");
});

it("a queue without a rate is refused in every unit, for nothing would queue", () => {
  for (const queue of ["1bdp", "64kB", "20ms", "100packets"]) {
    assertOnly(SOUND.replace("rate: 50mbit", `queue: ${queue}`), "7 E_QUEUE_WITHOUT_RATE links.wan.queue:", queue);
  }
  assertOnly(
    SOUND.replace("rate: 50mbit", "forward: {rate: 50mbit}, backward: {queue: 1bdp}"),
    "7 E_QUEUE_WITHOUT_RATE links.wan.backward.queue:",
  );
  assert.deepEqual(problemsOf(SOUND.replace("rate: 50mbit", "queue: 2bdp, forward: {rate: 50mbit}")), []);
});

it("a queue of bandwidth-delay products without a delay is refused, given or by default", () => {
  assertOnly(SOUND.replace("rtt: 100ms", "queue: 1bdp"), "7 E_EMPTY_QUEUE links.wan.queue:");
  assertOnly(SOUND.replace("rtt: 100ms, ", ""), "7 E_EMPTY_QUEUE links.wan.rate:");
  assert.deepEqual(problemsOf(SOUND.replace("rtt: 100ms", "queue: 20ms")), []);
});

it("a queue of more packets than the kernel's limit is meant for is refused", () => {
  assertOnly(
    SOUND.replace("rate: 50mbit", "rate: 10gbit, queue: 20bdp"),
    "7 E_OUT_OF_RANGE links.wan.queue: a queue of 20bdp",
  );
});

it("environment that the testbed sets itself, or that is no text, is refused", () => {
  const withEnvironment = (given: string) => SOUND.replace("role: server", `role: server, environment: {${given}}`);
  assert.deepEqual(problemsOf(withEnvironment('RTTLAB_SITE_SEED: "7"')), []);
  assertOnly(
    withEnvironment("RTTLAB_SITE_SEED: 7"),
    "4 E_WRONG_TYPE hosts.server.environment.RTTLAB_SITE_SEED: 7 is a number",
  );
  assertOnly(
    withEnvironment("RTTLAB_NAME: x"),
    "4 E_BAD_NAME hosts.server.environment.RTTLAB_NAME: is set by the testbed",
  );
});

it("ports of services that are not published, out of range or asked for twice are refused", () => {
  assertOnly(`${SOUND}ports: {prom: 9090}\n`, "8 E_UNKNOWN_KEY ports.prom:", "prometheus, grafana");
  assertOnly(`${SOUND}ports: {prometheus: 70000}\n`, "8 E_OUT_OF_RANGE ports.prometheus: 70000", "1 to 65535");
  assertOnly(`${SOUND}ports: {prometheus: 9090, grafana: 9090}\n`, "8 E_NAME_TAKEN ports.grafana: port 9090");
});

it("broken YAML is refused with its line and column", () => {
  assertOnly(SOUND.replace("on: site}", "on: site"), "6 E_YAML_SYNTAX column 1:");
  assertOnly("a: *nowhere\n", "undefined E_YAML_SYNTAX an alias:");
  assertOnly(`${SOUND}---\n${SOUND}`, "8 E_YAML_SYNTAX column 1: a second document begins here");
  for (const empty of ["", "# nothing\n", "[]", "just words"]) {
    assert.ok(problemsOf(empty)[0]?.includes("E_WRONG_TYPE the whole file:"), empty);
  }
});

it("all problems of a file are listed at once, in the order of its lines", () => {
  const text = `title: 3
networks: {a: {subnet: 10.9.1.1/24}, B: {}, a: {}}
hosts: {h: {role: x}, g: {role: server, on: c}}
links:
  h: {between: [a, a], rtt: 20, loss: 120%, dealy: 1ms}
  w: {between: [a], rtt: 20ms, delay: 3ms}
  v: {between: [a, z], rate: 3mbit, seed: 0}
`;
  assert.deepEqual(
    problemsOf(text).map((problem) => problem.split(":")[0]),
    [
      "1 E_WRONG_TYPE title",
      "2 E_DUPLICATE_KEY networks.a",
      "2 E_BAD_NAME networks.B",
      "3 E_BAD_VALUE hosts.h.role",
      "3 E_HOST_WITHOUT_NETWORK hosts.h.on",
      "3 E_NO_SUCH_NETWORK hosts.g.on",
      "5 E_WRONG_TYPE links.h.rtt",
      "5 E_OUT_OF_RANGE links.h.loss",
      "5 E_UNKNOWN_KEY links.h.dealy",
      "5 E_NAME_TAKEN links.h",
      "5 E_SAME_NETWORK links.h.between",
      "6 E_OUT_OF_RANGE links.w.between",
      "6 E_CONFLICTING_KEYS links.w.delay",
      "7 E_OUT_OF_RANGE links.v.seed",
      "7 E_NO_SUCH_NETWORK links.v.between[1]",
      "7 E_EMPTY_QUEUE links.v.rate",
    ],
  );
});

it("no text, however mangled, does anything but be read or be refused", () => {
  const words = [
    "toString",
    "__proto__",
    "null",
    "{}",
    "[]",
    "3",
    "-1ms",
    "*a",
    "&a",
    "? ",
    ": ",
    "\n",
    "~",
    "rtt",
    "on",
    "'",
  ];
  const places = fc.array(fc.tuple(fc.nat(SOUND.length), fc.nat(12), fc.constantFrom(...words)), {
    minLength: 1,
    maxLength: 3,
  });
  fc.assert(
    fc.property(places, (edits) => {
      const text = edits.reduce((so, [at, length, word]) => so.slice(0, at) + word + so.slice(at + length), SOUND);
      for (const problem of problemsOf(text)) assert.match(problem, /^(\d+|undefined) E_[A-Z_]+ .+: /s);
    }),
    { numRuns: 500 },
  );
});
