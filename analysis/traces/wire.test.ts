// Captures of connections whose phases are known.

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { describe, it } from "node:test";
import { captureOf, exchange, type Sent } from "../../tests/study/tcp-capture.ts";
import { wireConnections } from "./wire.ts";

const round = (value: number | null) => (value === null ? null : Number(value.toFixed(6)));
const phases = (captures: readonly Buffer[]) =>
  wireConnections(captures).map(({ setupSeconds, transferSeconds, teardownSeconds }) =>
    [setupSeconds, transferSeconds, teardownSeconds].map(round),
  );

describe("a connection on the wire", () => {
  it("is set up, transfers and is torn down, each there and back as its end saw it", () => {
    const { ofClient, ofServer } = exchange();
    const [found] = wireConnections([captureOf(ofClient), captureOf(ofServer)]);
    assert.deepEqual([found?.opener, found?.other], ["10.0.1.10:40000", "10.0.2.10:80"]);
    assert.deepEqual([found?.bytes, found?.resentSegments], [2000, 0]);
    assert.deepEqual(phases([captureOf(ofClient), captureOf(ofServer)]), [[0.1, 0.109, 0.109]]);
  });

  it("is the same where both ends see each packet, as it goes in and as it comes out", () => {
    const { ofClient, ofServer } = exchange();
    const later = (packets: readonly Sent[]) => packets.map((each) => ({ ...each, millis: each.millis + 50 }));
    const first = captureOf([...ofClient, ...later(ofServer)]);
    const second = captureOf([...ofServer, ...later(ofClient)]);
    assert.deepEqual(phases([first, second]), [[0.1, 0.109, 0.109]]);
  });

  it("has numbers that wrap around, and counts what comes again", () => {
    const { ofClient, ofServer } = exchange(0, 2 ** 32 - 20, 2 ** 32 - 500);
    const again = { ...(ofServer[1] as Sent), millis: 158, id: 9 };
    const [found] = wireConnections([
      captureOf(ofClient),
      captureOf([...ofServer.slice(0, 2), again, ...ofServer.slice(2)]),
    ]);
    assert.deepEqual([found?.bytes, found?.resentSegments], [2000, 1]);
    assert.deepEqual(phases([captureOf(ofClient), captureOf(ofServer)]), [[0.1, 0.109, 0.109]]);
  });

  it("lacks the phases that were not seen to their end, and is none without its beginning", () => {
    const { ofClient, ofServer } = exchange();
    assert.deepEqual(phases([captureOf(ofClient.slice(0, 4)), captureOf(ofServer.slice(0, 3))]), [[0.1, null, null]]);
    assert.deepEqual(phases([captureOf(ofClient.slice(1)), captureOf(ofServer)]), []);
    assert.deepEqual(phases([captureOf([]), Buffer.alloc(0)]), []);
  });

  it("has no octets to count where the other end's SYN was not seen", () => {
    const { ofClient, ofServer } = exchange(0, 70_000, 4_000_000);
    const [found] = wireConnections([captureOf(ofClient), captureOf(ofServer.slice(1))]);
    const { bytes, resentSegments, setupSeconds, transferSeconds } = found ?? {};
    assert.deepEqual([bytes, resentSegments, setupSeconds, transferSeconds], [null, null, null, null]);
    assert.equal(round(found?.teardownSeconds ?? null), 0.109);
  });

  it("has no octets and no transfer where a capture was full before its end, or may have been", () => {
    const { ofClient, ofServer } = exchange();
    const again = { ...(ofServer[2] as Sent), millis: 165, id: 9 };
    const sent = [...ofServer.slice(0, 4), again, ...ofServer.slice(4)];
    const found = (most: number | null, client: readonly Sent[], server: readonly Sent[]) => {
      const [only] = wireConnections([captureOf(client), captureOf(server)], most);
      return [round(only?.setupSeconds ?? null), only?.transferSeconds, only?.bytes, only?.resentSegments];
    };
    const whole = [0.1, 0.109, 2000, 1];
    // the client's end holds as many as it may, but all that came before its last
    assert.deepEqual(found(ofClient.length + 1, ofClient, sent), whole);
    assert.deepEqual(found(null, ofClient, sent.slice(0, 5)), [0.1, null, null, null]);
    const cut = [0.1, null, null, null];
    for (const most of [4, null]) assert.deepEqual(found(most, ofClient.slice(0, 4), sent.slice(0, 4)), cut);
    // one end alone is full: what it did not see again it may have sent again
    assert.deepEqual(found(4, ofClient.slice(0, 3), sent.slice(0, 4)), cut);
    assert.equal(found(9, ofClient.slice(0, 4), sent.slice(0, 4))[2], 2000, "no capture is full: so far");
  });

  it("is another one when a port is used again", () => {
    const [one, two] = [exchange(), exchange(1000, 70_000, 80_000)];
    const captures = [captureOf([...one.ofClient, ...two.ofClient]), captureOf([...one.ofServer, ...two.ofServer])];
    assert.deepEqual(phases(captures), [
      [0.1, 0.109, 0.109],
      [0.1, 0.109, 0.109],
    ]);
  });
});
