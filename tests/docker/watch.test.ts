// Watching a testbed: every query of every dashboard finds data under load, metrics have
// Prometheus' naming, there are as few series as documented, and failures are reported plainly.

import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { Dashboard } from "../../grafana/live/types.d.ts";
import { connectDocker } from "../../topology/apply/docker.ts";
import { reportProgress } from "../../topology/testbed/testbed.ts";
import { finished, REPOSITORY, rttlab, start, topology, topologyJson } from "./cli.ts";
import { engine, execIn, leftovers } from "./engine.ts";
import { ask, askTarget, holdsData, panelsOf, until } from "./prometheus.ts";
import { STUDY_PROGRESS } from "./study-progress.ts";

const SCENARIO = "watch-test";
const FILE = `title: Something to watch
networks: {left: {}, right: {}}
hosts:
  server: {role: server, on: right, structure: prethread}
  load-a: {role: loadgen, on: left}
  rudp-sink: {role: rudp, on: right}
  rudp-a: {role: rudp, on: left}
links:
  wan: {between: [left, right], rtt: 20ms, rate: 50mbit}
`;
const CONTAINERS = ["server", "load-a", "rudp-sink", "rudp-a", "wan", "prometheus", "usage"];

let folder: string;
let file: string;
let prometheus: string;
const named = (name: string) => `rttlab-${SCENARIO}${name === "prometheus" || name === "usage" ? "." : "-"}${name}`;
const status = () => topologyJson("status", SCENARIO);
const up = (...words: string[]) => topology("up", file, "uncalibrated", ...words);
const isUp = async (host: string, value: string) =>
  (await ask(prometheus, `up{host="${host}"}`))[0]?.value?.[1] === value;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "rttlab-"));
  file = join(folder, `${SCENARIO}.yaml`);
  await writeFile(file, FILE);
  await up();
  prometheus = (await status()).urls.prometheus as string;
});

after(async () => {
  await rttlab("topology", "down", SCENARIO);
  await rm(folder, { recursive: true });
});

describe("a watched testbed", () => {
  it("has every target up", async () => {
    for (const host of ["server", "load-a", "rudp-sink", "rudp-a", "wan", "usage"])
      await until(`${host} is up`, () => isUp(host, "1"));
  });

  it("runs a gentle background load, which steps aside for a run and goes on after", async () => {
    const running = async (kind: string) =>
      (await ask(prometheus, `rttlab_load_running{kind="${kind}"}`))[0]?.value?.[1];
    await until("the background load runs", async () => (await running("background")) === "1");
    const run = finished(start(["bin/rttlab", "topology", "exec", `${SCENARIO}/load-a`, "load", "seconds=4"]));
    await until("the run runs", async () => (await running("run")) === "1");
    await until("the background load is held", async () => (await running("background")) === "0", 2);
    assert.equal((await run).exitCode, 0);
    await until("the background load goes on", async () => (await running("background")) === "1");
  });

  it("shows data in every panel of every dashboard; what is rightly empty shows some once it has happened", async () => {
    // Refused and failed is empty until a request is refused, ssthresh is infinite until a segment
    // is lost, and no study runs.
    await execIn(named("load-a"), "curl", "-s", "http://server/there-is-no-such-file");
    await topology("set", `${SCENARIO}/wan`, "loss=3%");
    await reportProgress({ engine: await connectDocker(), scenario: SCENARIO }, STUDY_PROGRESS);
    for (const [name, dashboard] of await dashboards()) {
      for (const { title, targets = [] } of panelsOf(dashboard)) {
        for (const target of targets) {
          const choices = { scenario: [SCENARIO], host: [] };
          await until(`${name}, ${title}: ${target.expr} has data`, async () =>
            holdsData(await askTarget(prometheus, target, choices, 60)),
          );
        }
      }
    }
  });

  it("shows what RUDP sends again by cause while the link loses, and nothing of it once it loses no more", async () => {
    const again = async () => {
      const query = `sum by (cause) (rate(rttlab_rudp_resent_total{scenario="${SCENARIO}"}[4s])) > 0`;
      return (await ask(prometheus, query)).map(({ metric }) => metric.cause);
    };
    await until("a loss is noticed by duplicates", async () => (await again()).includes("fast_retransmit"));
    await topology("set", `${SCENARIO}/wan`, "loss=0%");
    await until("nothing is sent again", async () => (await again()).length === 0);
  });

  it("shows a connection of RUDP as long as it lasts, and no longer", async () => {
    const open = () => ask(prometheus, 'rttlab_rudp_window_segments{host="rudp-a", kind="opened"}');
    await topology("up", file, "uncalibrated", "idle");
    await until("the background transfers are over", async () => (await open()).length === 0);
    const run = execIn(named("rudp-a"), "rudp", "bench", "rudp-sink:4000", "seconds=4", "json");
    await until("the run's window is seen", async () => (await open()).length === 1);
    assert.match((await run).output, /"goodputBitsPerSecond":/);
    await until("it is gone", async () => (await open()).length === 0, 3);
    await up();
  });

  it("marks runs and link changes by moments of now", async () => {
    await topology("set", `${SCENARIO}/wan`, "delay=12ms");
    const [, dashboard] = (await dashboards())[0] as [string, Dashboard];
    for (const { name, expr = "" } of dashboard.annotations?.list ?? []) {
      const recent = async () => {
        const series = await askTarget(prometheus, { refId: "A", expr }, { scenario: [SCENARIO], host: [] }, 10);
        return series.some(({ values = [] }) => Date.now() - Number(values.at(-1)?.[1]) < 60_000);
      };
      await until(`${name} has a moment of the last minute`, recent);
    }
  });

  it("exports the usage of every container, including the watchers' own", async () => {
    for (const metric of ["cpu_seconds_total", "memory_bytes", "memory_limit_bytes", "network_received_bytes_total"]) {
      const series = await ask(prometheus, `rttlab_container_${metric}{scenario="${SCENARIO}"}`);
      assert.deepEqual(series.map(({ metric: labels }) => labels.host).sort(), [...CONTAINERS].sort(), metric);
      for (const { value } of series) assert.ok(Number(value?.[1]) > 0);
    }
    const { memory_stats } = await engine.getContainer(named("server")).stats({ stream: false });
    const [series] = await ask(prometheus, 'rttlab_container_memory_bytes{host="server"}');
    // Docker subtracts the same cache from the same counter, a moment later; the process may have
    // grown or shrunk by some.
    const ratio = Number(series?.value?.[1]) / (memory_stats.usage - (memory_stats.stats.total_inactive_file ?? 0));
    assert.ok(ratio > 0.7 && ratio < 1.4, `${ratio} of what Docker says`);
  });

  it("names its metrics as Prometheus wants them: promtool finds nothing in ours", async () => {
    const addresses = (await ask(prometheus, `up{scenario="${SCENARIO}"}`)).map(({ metric }) => metric.instance);
    for (const address of addresses) {
      // prom-client's names for the process (nodejs_*, process_*) are not ours to change.
      const script = `curl -s http://${address}/metrics | awk '/^# (HELP|TYPE) /{ours = $3 ~ /^rttlab_/} /^#/ ? ours : /^rttlab_/' | promtool check metrics`;
      const { output, exitCode } = await execIn(named("prometheus"), "sh", "-c", script);
      assert.equal(exitCode, 0, `${address}: ${output}`);
    }
    const config = await execIn(named("prometheus"), "promtool", "check", "config", "/rttlab/prometheus.yml");
    assert.equal(config.exitCode, 0, config.output);
  });

  it("keeps its series as few as docs/metrics.md says", async () => {
    const bounds: Record<string, number> = {
      link: 40,
      loadgen: 195,
      // Two endpoints, each with at most one connection open here.
      rudp: 2 * (45 + 12 + 5),
      server: 285 + 9 * 6 * 28,
      usage: 5 * CONTAINERS.length + 5,
    };
    for (const { metric, value } of await ask(
      prometheus,
      'count by (job, role) ({__name__!="", __name__!~"rttlab_container_.*"})',
    )) {
      const bound = bounds[metric.role ?? ""];
      assert.ok(
        bound !== undefined && Number(value?.[1]) <= bound,
        `${metric.role}: ${value?.[1]} of at most ${bound}`,
      );
    }
  });

  it("publishes on 127.0.0.1 alone, from a container without rights that cannot leave the management network", async () => {
    for (const watcher of ["prometheus", "usage"]) {
      const { HostConfig, NetworkSettings } = await engine.getContainer(named(watcher)).inspect();
      assert.deepEqual(Object.keys(NetworkSettings.Networks), [`rttlab-${SCENARIO}-mgmt`]);
      assert.equal(HostConfig.ReadonlyRootfs, true);
      for (const bound of Object.values(NetworkSettings.Ports).flatMap((ports) => ports ?? [])) {
        assert.equal(bound.HostIp, "127.0.0.1");
      }
      const { output } = await execIn(named(watcher), "cat", "/proc/1/status");
      assert.match(output, /^CapEff:\s+0+$/m);
      assert.match(output, /^CapBnd:\s+0+$/m);
      assert.match((await execIn(named(watcher), "ip", "route")).output, /^unreachable default/m);
      assert.notEqual((await execIn(named(watcher), "touch", "/host/proc/x", "/rttlab/x")).exitCode, 0);
    }
  });
});

describe("up", () => {
  it("twice changes nothing", async () => {
    await topology("up", file, "uncalibrated");
    const { steps } = await topologyJson("up", file, "uncalibrated");
    assert.deepEqual(steps, []);
  });

  it("idle takes the background load away, and up gives it back", async () => {
    const inFlight = async () => Number((await ask(prometheus, "sum(rttlab_load_running)"))[0]?.value?.[1]);
    await up("idle");
    await until("nothing runs", async () => (await inFlight()) === 0);
    await up();
    await until("the background load runs", async () => (await inFlight()) === 1);
  });

  it("refuses a port that is taken, and says which", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    const taken = join(folder, "taken.yaml");
    await writeFile(taken, `${FILE}ports: {prometheus: ${port}}\n`);
    const { exitCode, stderr } = await rttlab("topology", "up", taken);
    server.close();
    assert.notEqual(exitCode, 0);
    assert.match(stderr, new RegExp(`E_PORT_BUSY.*port ${port} of 127.0.0.1 is in use`, "s"));
    assert.deepEqual(await leftovers("taken"), []);
  });

  it("mends a Prometheus that was killed, at its old address, with its old data; status says what happened", async () => {
    const before = (Date.now() / 1000).toFixed(0);
    await engine.getContainer(named("prometheus")).kill({ signal: "SIGKILL" });
    const { urls } = await status();
    assert.deepEqual([urls.prometheus, urls.live], [null, null]);
    assert.match(urls.reasons.prometheus ?? "", /exited with code 137.*topology up.*mends it/);
    const { stdout } = await topology("status", SCENARIO);
    assert.match(stdout, /Prometheus +none: it exited with code 137/);
    await up();
    assert.equal((await status()).urls.prometheus, prometheus);
    await until("load-a is up again", () => isUp("load-a", "1"));
    const old = await ask(prometheus, `up{host="load-a"} @ ${Number(before) - 2}`);
    assert.equal(old[0]?.value?.[1], "1", "what was measured before is still there");
  });

  it("mends a target that was gone; Prometheus shows it as down meanwhile", async () => {
    await engine.getContainer(named("load-a")).kill({ signal: "SIGKILL" });
    await until("load-a is down", () => isUp("load-a", "0"));
    assert.equal((await status()).hosts.find(({ name }) => name === "load-a")?.health, "stopped");
    await up();
    await until("load-a is up again", () => isUp("load-a", "1"));
    await until("its usage is reported again", async () =>
      holdsData(await ask(prometheus, 'rate(rttlab_container_cpu_seconds_total{host="load-a"}[4s])')),
    );
  });
});

describe("down", () => {
  it("removes the volume too", async () => {
    await topology("down", SCENARIO);
    assert.deepEqual(await leftovers(SCENARIO), []);
  });
});

async function dashboards(): Promise<[name: string, dashboard: Dashboard][]> {
  const generated = join(REPOSITORY, "grafana", "generated");
  const names = await readdir(generated);
  return Promise.all(
    names.map(async (name) => [name, JSON.parse(await readFile(join(generated, name), "utf8")) as Dashboard]),
  );
}
