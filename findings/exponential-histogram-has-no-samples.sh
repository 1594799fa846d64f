#!/usr/bin/env bash
# An exponential histogram leaves OpenTelemetry's Prometheus exporter as a name without samples.
# Pinned: @opentelemetry/sdk-metrics 2.12.1, exporter-prometheus 0.223.0, api 1.9.1; any Node from
#   20 on.
# One would guess: what has no form in Prometheus' text is turned into an ordinary histogram, or at
#   least keeps its sum and count; else the exporter or the view that asks for it refuses.
# What happens: the scrape succeeds with HELP and `TYPE lat untyped`, and not one line of lat below
#   them, also no lat_count. The collection reports no error; only a diagnostic logger, which
#   there is none of by default, would get one line.
# Seen 2026-11-28, two histograms of three values, one with a view for exponential buckets: 18 lines
#   of samples of the ordinary one, none of the other.
# Why it matters: exponential buckets are what one turns to for latencies, whose range is not known
#   beforehand. The scrape is green, the name is listed, and the run has no latency.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --ignore-scripts --no-audit --no-fund --prefix "$work" \
  @opentelemetry/sdk-metrics@2.12.1 @opentelemetry/exporter-prometheus@0.223.0 \
  @opentelemetry/api@1.9.1 || exit 2

cat > probe.mjs <<'PROBE'
import { PrometheusExporter } from "@opentelemetry/exporter-prometheus";
import { AggregationType, MeterProvider } from "@opentelemetry/sdk-metrics";

const exporter = new PrometheusExporter({ preventServerStart: true });
const provider = new MeterProvider({
  readers: [exporter],
  views: [
    { instrumentName: "lat", aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM } },
  ],
});
const meter = provider.getMeter("probe");
for (const name of ["lat", "plain"])
  for (const seconds of [0.1, 0.2, 0.3]) meter.createHistogram(name).record(seconds);

const { errors, resourceMetrics } = await exporter.collect();
const collected = resourceMetrics.scopeMetrics[0].metrics.map((metric) => [
  metric.descriptor.name,
  metric.dataPoints[0].value.count,
]);
const response = { statusCode: 0, setHeader: () => {} };
const text = await new Promise((resolve) => {
  exporter.getMetricsRequestHandler({}, { ...response, end: resolve });
});
const lines = text.split("\n");
const samples = (name) => lines.filter((line) => line.startsWith(`${name}_`)).length;
console.log("collected:", Object.fromEntries(collected), "errors:", errors.length);
console.log(lines.filter((line) => /\blat\b/.test(line)).join("\n"));
console.log(`lines of samples: lat ${samples("lat")}, plain ${samples("plain")}`);
const lost = samples("lat") === 0 && lines.includes("# TYPE lat untyped") && errors.length === 0;
process.exit(lost && samples("plain") > 10 && collected.every(([, n]) => n === 3) ? 0 : 1);
PROBE
node probe.mjs
