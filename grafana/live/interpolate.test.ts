// Grafana's variables as the live page fills them in.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ALL, interpolate, parseLabelValues, rateIntervalSeconds, seriesName } from "./interpolate.js";

const TIME = { stepSeconds: 2, rangeSeconds: 300 };

describe("variables in an expression", () => {
  it("are replaced by the one value that is chosen, in both spellings", () => {
    assert.equal(interpolate('up{host="$host"}', { host: ["load-a"] }, TIME), 'up{host="load-a"}');
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana writes variables so
    assert.equal(interpolate('up{host="${host}"}', { host: ["load-a"] }, TIME), 'up{host="load-a"}');
  });

  it("become a group of a regular expression where several are chosen, with their own signs escaped", () => {
    assert.equal(interpolate('{h=~"$h"}', { h: ["a.b", "c"] }, TIME), '{h=~"(a\\\\.b|c)"}');
  });

  it("become the value for all where all or none is chosen", () => {
    assert.equal(interpolate('{h=~"$h"}', { h: [ALL] }, TIME, { h: ".+" }), '{h=~".+"}');
    assert.equal(interpolate('{h=~"$h"}', { h: [] }, TIME), '{h=~".*"}');
  });

  it("stay as they are where their name is not known, also where it begins with a known one", () => {
    assert.equal(interpolate("$nothing $hosts", { host: ["a"] }, TIME), "$nothing $hosts");
  });

  it("cannot end a string of the expression", () => {
    assert.equal(interpolate('{h="$h"}', { h: ['a"} or {b="c'] }, TIME), '{h="a\\"} or {b=\\"c"}');
  });
});

describe("Grafana's own variables", () => {
  it("are known: the interval, the range, and the window of a rate", () => {
    assert.equal(interpolate("x[$__interval] y[$__range] z[$__rate_interval]", {}, TIME), "x[2s] y[300s] z[4s]");
  });

  it("give a rate at least four scrapes, and one more than a step", () => {
    assert.equal(rateIntervalSeconds(1), 4);
    assert.equal(rateIntervalSeconds(3), 4);
    assert.equal(rateIntervalSeconds(30), 31);
  });
});

describe("a variable's query", () => {
  it("is read with and without a selector, commas in the selector or not", () => {
    assert.deepEqual(parseLabelValues("label_values(up, host)"), { selector: "up", label: "host" });
    assert.deepEqual(parseLabelValues('label_values(up{a="b",c="d"}, host)'), {
      selector: 'up{a="b",c="d"}',
      label: "host",
    });
    assert.deepEqual(parseLabelValues("label_values(job)"), { selector: null, label: "job" });
  });

  it("of any other form is not understood, and that is said", () => {
    assert.equal(parseLabelValues("query_result(up)"), null);
  });
});

describe("the name of a series", () => {
  it("is its legend with the labels in", () => {
    assert.equal(seriesName("{{host}} {{ code }}", { host: "server", code: "200" }), "server 200");
  });

  it("is its name and labels where there is no legend", () => {
    assert.equal(seriesName("", { __name__: "up", host: "a" }), 'up{host="a"}');
    assert.equal(seriesName(undefined, {}), "value");
  });
});
