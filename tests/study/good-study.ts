// A study file without a fault, for tests that change one thing in it.

export const GOOD = `
title: Does a larger window help?
question: Does a larger initial window make a transfer faster?
hypothesis: A window of 32 is twice as fast as one of 2.
scenario: wan-100ms
seed: 7
fixed:
  link.wan-a.rate: 20mbit
  measure.kind: load
  measure.load.host: load-a
  measure.load.http: "1.0"
  measure.load.requests: 1
factors:
  rtt: {label: round-trip time, levels: [20ms, 100ms], sets: link.wan-a.rtt}
  size: {levels: [10KiB, 1MiB], sets: {measure.load.path: "/files/{}"}}
  window:
    levels:
      two: {host.server.initial-window: 2}
      many: {host.server.initial-window: 32}
exclude:
  - {rtt: 20ms, size: 1MiB}
repetitions: {until: requestSeconds, within: 5%, atMost: 20}
models:
  - name: page
    predicts: requestSeconds
    inputs: {rttSeconds: rtt / 1000, rateBitsPerSecond: link.wan-a.rate, initialWindowSegments: host.server.initial-window, plan: '"1.0-serial"', objects: 0, objectBytes: 1, documentBytes: size}
`;
