import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { RttlabError } from "../../lib/errors.ts";
import type { Step } from "../plan/step.ts";
import { runSteps } from "./run.ts";

describe("running the steps of a plan", () => {
  it("a step starts once all that it needs is done, and each runs once", async () => {
    const log: string[] = [];
    const steps = [step("c", "a", "b"), step("a"), step("b", "a")];
    await runSteps(steps, async ({ id }) => void log.push(id));
    assert.deepEqual(log, ["a", "b", "c"]);
  });

  it("no more run at once than allowed, and as many as allowed do", async () => {
    let [running, most] = [0, 0];
    const perform = async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise(setImmediate);
      running -= 1;
    };
    await runSteps(
      ["a", "b", "c", "d", "e"].map((id) => step(id)),
      perform,
      { concurrency: 3 },
    );
    assert.equal(most, 3);
  });

  it("what has been begun is taken on before anything else is begun", async () => {
    const log: string[] = [];
    const create = ["a", "b", "c"].map((name) => step(`create ${name}`));
    const ready = ["a", "b", "c"].map((name) => step(`await ${name}`, `create ${name}`));
    const perform = async ({ id }: Step) => {
      log.push(id);
      await new Promise(setImmediate);
    };
    await runSteps([...create, ...ready], perform, { concurrency: 2 });
    assert.deepEqual(log, ["create a", "create b", "await a", "await b", "create c", "await c"]);
  });

  it("the first failure starts nothing more, waits for what runs, and names the step with its error's code", async () => {
    const [log, gate] = [[] as string[], Promise.withResolvers<void>()];
    const perform = async ({ id }: Step) => {
      log.push(`start ${id}`);
      if (id === "bad") {
        setImmediate(gate.resolve);
        throw new RttlabError("E_PORT_IN_USE", "publishing: the port is taken");
      }
      await gate.promise;
      log.push(`end ${id}`);
    };
    const run = runSteps([step("bad"), step("slow"), step("after", "slow"), step("never", "bad")], perform);
    await assert.rejects(run, (error: RttlabError) => {
      assert.equal(error.code, "E_PORT_IN_USE");
      assert.match(error.message, /step "bad" failed/);
      assert.match((error.cause as Error).message, /the port is taken/);
      return true;
    });
    assert.deepEqual(log, ["start bad", "start slow", "end slow"]);
  });

  it("a failure without a code of its own is E_STEP_FAILED", async () => {
    const run = runSteps([step("a")], async () => {
      throw new TypeError("oh");
    });
    await assert.rejects(run, { code: "E_STEP_FAILED" });
  });

  it("an interrupt starts nothing more and says how much is left", async () => {
    const interrupt = new AbortController();
    const run = runSteps([step("a"), step("b", "a")], async () => interrupt.abort(), { signal: interrupt.signal });
    await assert.rejects(run, { code: "E_INTERRUPTED", message: /1 of 2 steps not started/ });
  });

  it("steps that need what is not there, or each other, are refused instead of waited for", async () => {
    const run = runSteps([step("a", "b"), step("b", "a")], async () => {});
    await assert.rejects(run, { code: "E_PLAN_STUCK" });
  });

  it("listeners hear of starts, lines, ends and failures", async () => {
    const heard: string[] = [];
    const perform = async ({ id }: Step, onLine: (line: string) => void) => {
      onLine("working");
      if (id === "b") throw new Error("no");
    };
    await runSteps([step("a"), step("b", "a")], perform, {
      onStart: ({ id }) => heard.push(`start ${id}`),
      onLine: ({ id }, line) => heard.push(`${id} ${line}`),
      onDone: ({ id }) => heard.push(`done ${id}`),
      onFailed: ({ id }) => heard.push(`failed ${id}`),
    }).catch(() => {});
    assert.deepEqual(heard, ["start a", "a working", "done a", "start b", "b working", "failed b"]);
  });
});

function step(id: string, ...needs: string[]): Step {
  return { id, target: id, because: "", needs, action: { op: "remove-container", container: id } };
}
