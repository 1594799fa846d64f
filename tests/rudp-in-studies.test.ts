// The models of studies know RUDP's segments as RUDP sends them.

import assert from "node:assert/strict";
import { it } from "node:test";
import { isSelected } from "../analysis/results.ts";
import { FRAME_BYTES } from "../lib/link/queues/kind.ts";
import { DATAGRAM_BYTES, HEADER_BYTES, PACKET_BYTES, SEGMENT_BYTES } from "../services/rudp/protocol/wire.ts";
import { expand } from "../study/expand.ts";
import { loadStudy, studyNames } from "../study/files.ts";

/** UDP's and IPv4's headers, and Ethernet's, which a link counts too. */
const BELOW_BYTES = PACKET_BYTES.ipv4 - DATAGRAM_BYTES + FRAME_BYTES - 1500;

const found: string[] = [];

for (const name of await studyNames()) {
  const { study } = await loadStudy(name);
  const cells = expand(study).filter(({ settings }) => settings["measure.kind"] === "rudp");
  const ofPages = study.models.filter((use) => use.name === "page");
  const ofRudp = ofPages.filter(({ where }) => cells.some(({ levels }) => isSelected(levels, where)));
  if (ofRudp.length === 0) continue;
  found.push(name);

  it(`${name} predicts RUDP's transfers with its segments, in a queue of as many packets as TCP's`, () => {
    for (const { inputs } of ofRudp) {
      assert.equal(Number(inputs.segmentBytes), SEGMENT_BYTES);
      assert.equal(Number(inputs.headerBytes), HEADER_BYTES + BELOW_BYTES);
    }
    assert.equal(new Set(ofPages.map(({ inputs }) => String(inputs.queueSegments))).size, 1);
  });
}

it("some studies do", () => assert.ok(found.length >= 3, String(found)));
