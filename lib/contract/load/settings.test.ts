import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { RttlabError } from "../../errors.ts";
import { parseSettings } from "./settings.ts";
import { parseWords } from "./words.ts";

function problemsOf(act: () => unknown): string[] {
  try {
    act();
  } catch (error) {
    assert.ok(error instanceof RttlabError);
    return error.problems.map(({ path }) => path);
  }
  return assert.fail("it was accepted");
}

describe("the settings of a load", () => {
  it("have defaults for all but the target and the bound", () => {
    assert.deepEqual(parseSettings({ target: "server:80", seconds: 10 }), {
      target: "server:80",
      path: "/",
      httpVersion: "1.1",
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
    });
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
});
