import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { RttlabError } from "../../errors.ts";
import { parseSettings } from "./settings.ts";
import { parseWords, wordOf } from "./words.ts";

function refusalOf(act: () => unknown): RttlabError {
  try {
    act();
  } catch (error) {
    assert.ok(error instanceof RttlabError);
    return error;
  }
  return assert.fail("it was accepted");
}

const problemsOf = (act: () => unknown) => refusalOf(act).problems.map(({ path }) => path);

describe("the settings of a load", () => {
  it("have defaults for all but the target and the bound", () => {
    assert.deepEqual(parseSettings({ target: "server:80", seconds: 10 }), {
      target: "server:80",
      path: "/",
      httpVersion: "1.1",
      page: null,
      connections: null,
      users: 1,
      seconds: 10,
      requests: null,
      warmupSeconds: 0,
      thinkMillis: 0,
      timeoutMillis: 30_000,
      ending: "wait",
      seed: 1,
      rttMillis: null,
      histograms: false,
      paths: null,
      size: null,
      protocol: "http",
      method: "GET",
      connection: null,
      rate: null,
      arrivals: "constant",
      levels: null,
      backlog: 10_000,
      pipeline: 1,
      requestsPerConnection: null,
      leaving: "close",
      lingerMillis: 0,
      retry: false,
      cooldownSeconds: 0,
      thinking: "exponential",
      expected: null,
      threads: 1,
      share: { index: 0, of: 1 },
      startEpochMillis: null,
    });
  });

  it("are refused whole, with every problem", () => {
    const bad = {
      target: "server",
      path: "x",
      httpVersion: "2",
      users: 1.5,
      timeoutMillis: "9",
      colour: "red",
    };
    assert.deepEqual(
      problemsOf(() => parseSettings(bad)),
      [...["colour", "target", "path", "httpVersion", "users", "timeoutMillis", "seconds, requests"]],
    );
  });

  it("are bounded by time or by number, never by both", () => {
    assert.deepEqual(
      problemsOf(() => parseSettings({ target: "a:1", seconds: 1, requests: 1 })),
      ["seconds, requests"],
    );
  });

  it("cut off what is under way only where there is an end", () => {
    assert.equal(parseSettings({ target: "a:1", seconds: 1, ending: "cut" }).ending, "cut");
    assert.deepEqual(
      problemsOf(() => parseSettings({ target: "a:1", requests: 1, ending: "cut" })),
      ["ending"],
    );
  });

  it("of an open load have a connection for each of its threads and generators, or more", () => {
    const open = { target: "a:1", seconds: 1, rate: 5 };
    const read = (given: Record<string, unknown>) => () => parseSettings({ ...open, ...given });
    assert.deepEqual(problemsOf(read({ connections: 1, threads: 2, path: "x" })), ["path", "connections"]);
    assert.deepEqual(problemsOf(read({ connections: 5, threads: 2, share: { index: 1, of: 3 } })), ["connections"]);
    assert.deepEqual(problemsOf(read({ share: { index: 0, of: 1001 } })), ["connections"]);
    assert.equal(read({ connections: 6, threads: 2, share: { index: 1, of: 3 } })().connections, 6);
    const bad = problemsOf(read({ connections: 1, threads: 0, share: { index: 2, of: 2 } }));
    assert.deepEqual(bad, ["threads", "share"], "how many shares there are is not known");
    const page = { target: "a:1", requests: 1, page: "1.1-parallel", connections: 2, threads: 3 };
    assert.equal(parseSettings(page).connections, 2, "of each page");
  });

  it("of a page have the version of its plan, and four connections where the plan has several", () => {
    const plan = (given: Record<string, unknown>) => {
      const { httpVersion, connections } = parseSettings({ target: "a:1", requests: 1, ...given });
      return [httpVersion, connections];
    };
    assert.deepEqual(plan({ page: "1.0-serial" }), ["1.0", null]);
    assert.deepEqual(plan({ page: "1.0-parallel" }), ["1.0", 4]);
    assert.deepEqual(plan({ page: "1.1-parallel", connections: 6, httpVersion: "1.1" }), ["1.1", 6]);
    assert.deepEqual(
      problemsOf(() => plan({ page: "1.1-serial", httpVersion: "1.0", connections: 2 })),
      ["httpVersion", "connections"],
    );
    assert.deepEqual(
      problemsOf(() => plan({ page: "2.0", connections: 0 })),
      ["page", "connections", "connections"],
    );
  });

  it("take no path that could break out of the request line", () => {
    for (const path of ["/a b", "/a\r\nX: y", "/é", ""]) {
      assert.deepEqual(
        problemsOf(() => parseSettings({ target: "a:1", seconds: 1, path })),
        ["path"],
      );
    }
  });
});

describe("the words of load", () => {
  it("stand for a request that the service accepts", () => {
    const words = [
      "http=1.0",
      "path=/files/10KiB",
      "users=3",
      "requests=7",
      "warmup=2s",
      "think=5ms",
      "timeout=1s",
      "ending=wait",
      "rtt=100ms",
    ];
    const settings = parseSettings(parseWords(words));
    assert.deepEqual(settings, {
      target: "server:80",
      path: "/files/10KiB",
      httpVersion: "1.0",
      page: null,
      connections: null,
      users: 3,
      seconds: null,
      requests: 7,
      warmupSeconds: 2,
      thinkMillis: 5,
      timeoutMillis: 1000,
      ending: "wait",
      seed: 1,
      rttMillis: 100,
      histograms: false,
      paths: null,
      size: null,
      protocol: "http",
      method: "GET",
      connection: null,
      rate: null,
      arrivals: "constant",
      levels: null,
      backlog: 10_000,
      pipeline: 1,
      requestsPerConnection: null,
      leaving: "close",
      lingerMillis: 0,
      retry: false,
      cooldownSeconds: 0,
      thinking: "exponential",
      expected: null,
      threads: 1,
      share: { index: 0, of: 1 },
      startEpochMillis: null,
    });
  });

  it("name a page's plan and its connections", () => {
    const { page, connections, httpVersion } = parseSettings(parseWords(["page=1.0-parallel", "connections=2"]));
    assert.deepEqual([page, connections, httpVersion], ["1.0-parallel", 2, "1.0"]);
  });

  it("default to ten seconds of the server", () => {
    assert.deepEqual(parseWords([]), { target: "server:80", seconds: 10 });
    assert.equal(parseWords(["target=other:81"]).target, "other:81");
  });

  it("are refused whole, with every problem", () => {
    assert.deepEqual(
      problemsOf(() => parseWords(["colour=red", "users", "think=fast"])),
      ["colour", "users", "think"],
    );
  });

  it("are refused with those that can be read and are out of range", () => {
    assert.deepEqual(
      problemsOf(() => parseWords(["rate=abc", "path=x", "users=0", "timeout=0s"])),
      ["rate", "path", "users", "timeout"],
    );
  });

  it("are named as they are written where they do not go together, or are out of range", () => {
    const refused = (...words: string[]) => problemsOf(() => parseSettings(parseWords(words), wordOf));
    assert.deepEqual(refused("rate=5", "think=1ms", "page=1.0-serial", "http=1.1"), ["http", "think", "page"]);
    assert.deepEqual(refused("path=/a", "path=/b", "page=1.0-serial", "expect=5", "size=5"), [
      "size",
      "expect",
      "path",
    ]);
    assert.deepEqual(refused("users=1..5", "requests=4", "cooldown=1s"), ["users, rate", "cooldown"]);
    assert.deepEqual(refused("seconds=0", "warmup=2h", "timeout=0ms", "linger=7200s"), [
      "warmup",
      "linger",
      "seconds",
      "timeout",
    ]);
  });

  it("are all listed where one is not known", () => {
    const [{ allowed = "" } = {}] = refusalOf(() => parseWords(["repaly=a.log", "users=1"])).problems;
    for (const word of ["users", "replay", "speed", "find", "json"]) assert.match(allowed, new RegExp(`\\b${word}\\b`));
  });

  it("stand for an open load, with its course", () => {
    const read = (...words: string[]) => parseSettings(parseWords(words));
    const { rate, levels, connections, arrivals } = read("rate=10..500", "arrivals=poisson");
    assert.deepEqual([rate, connections, arrivals], [500, 1000, "poisson"]);
    assert.deepEqual(levels, { course: "ramp", values: [10, 500] });
    assert.deepEqual(read("users=1,10,50").levels, { course: "steps", values: [1, 10, 50] });
    assert.equal(read("users=1,10,50").users, 50);
    assert.deepEqual(
      problemsOf(() => read("rate=5", "users=3", "think=1ms", "page=1.1-serial")),
      ["users", "thinkMillis", "page"],
    );
  });

  it("are understood in the spelling of other tools", () => {
    const read = (...words: string[]) => parseSettings(parseWords(words));
    const wrk = read("-c32", "-d", "10s", "-t", "2", "http://127.0.0.1:8080/files/1KiB?a=b");
    assert.deepEqual([wrk.users, wrk.seconds, wrk.threads], [32, 10, 2]);
    assert.deepEqual([wrk.target, wrk.path], ["127.0.0.1:8080", "/files/1KiB?a=b"]);
    assert.deepEqual([read("--rate=500").rate, read("-R", "500").rate, read("-d", "1m").seconds], [500, 500, 60]);
    const ab = read("-n", "100", "-k");
    assert.deepEqual([ab.requests, ab.seconds, ab.httpVersion, ab.connection], [100, null, "1.0", "keep-alive"]);
    const h2load = read("--h1", "-D", "10", "-c", "8");
    assert.deepEqual([h2load.seconds, h2load.users], [10, 8]);
    assert.deepEqual(
      problemsOf(() => parseWords(["--rps=5", "-q", "5"])).slice(0, 2),
      ["--rps=5", "-q"],
      "theirs are of each connection or worker",
    );
    assert.deepEqual(
      problemsOf(() => parseWords(["-H", "--turbo", "-c", "https://a/"])),
      ["-H", "--turbo", "users"],
    );
  });
});
