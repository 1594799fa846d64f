import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { it } from "node:test";
import { isTurnTaken, takeTurn } from "./turn.ts";

const ENGINE = { id: `test ${process.pid}` };

it("a turn is exclusive until it is passed, and each waiter is notified once", async () => {
  const order: string[] = [];
  const first = await takeTurn(ENGINE, "a");
  const second = takeTurn(ENGINE, "a", () => {
    order.push("waits");
    first.pass();
    first.pass();
  });
  (await second).pass();
  assert.deepEqual(order, ["waits"]);
});

it("a turn is known to be taken as long as somebody has it, who keeps it, and others do not count", async () => {
  assert.equal(await isTurnTaken(ENGINE, "f"), false);
  const turn = await takeTurn(ENGINE, "f");
  assert.equal(await isTurnTaken(ENGINE, "f"), true);
  assert.equal(await isTurnTaken(ENGINE, "f"), true);
  assert.equal(await isTurnTaken(ENGINE, "g"), false);
  turn.pass();
  assert.equal(await isTurnTaken(ENGINE, "f"), false);
});

it("turns of another name, and of another engine, are apart", async () => {
  const turns = [
    await takeTurn(ENGINE, "b"),
    await takeTurn(ENGINE, "c"),
    await takeTurn({ id: `${ENGINE.id} other` }, "b"),
  ];
  for (const turn of turns) turn.pass();
});

it("among many who want it at once, one has it at a time, and each has it in the end", async () => {
  let holders = 0;
  const most: number[] = [];
  const work = async () => {
    const turn = await takeTurn(ENGINE, "d");
    most.push(++holders);
    await new Promise(setImmediate);
    holders -= 1;
    turn.pass();
  };
  await Promise.all(Array.from({ length: 20 }, work));
  assert.deepEqual(new Set(most), new Set([1]));
  assert.equal(most.length, 20);
});

it("the turn of a process that is killed is free", async () => {
  const script = `
    import { takeTurn } from ${JSON.stringify(`${import.meta.dirname}/turn.ts`)};
    await takeTurn(${JSON.stringify(ENGINE)}, "e");
    console.log("held");
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  const { promise: isWaiting, resolve } = Promise.withResolvers<void>();
  const turn = takeTurn(ENGINE, "e", resolve);
  await isWaiting;
  child.kill("SIGKILL");
  (await turn).pass();
});
