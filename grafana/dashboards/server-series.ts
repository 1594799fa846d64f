// The expressions of the panels about servers.

/** The chosen servers. */
export const AT = 'scenario="$scenario", host=~"$host"';
/** Labels that distinguish servers, and their form in a legend. */
export const BY = "host, structure";
export const SERVER = "{{host}} {{structure}}";

/** Increase per second of a counter `rttlab_http_<metric>`; matchers begin with a comma. */
export function rate(metric: string, matchers = "", window = "$__rate_interval"): string {
  return `rate(rttlab_http_${metric}{${AT}${matchers}}[${window}])`;
}

/** Answers per second by status, of each status that the server has sent since it started. */
export function ratesByStatus(matchers = ""): string {
  const by = "host, code";
  const sent = sumBy(by, `rttlab_http_requests_total{${AT}${matchers}}`);
  return `${sumBy(by, rate("requests_total", matchers))} and ${sent} > 0`;
}

export function sumBy(labels: string, expression: string): string {
  return `sum by (${labels}) (${expression})`;
}

/** An amount summed by server, per request; nothing without requests. */
export function meanOfRequest(byServer: string): string {
  return `${byServer} / (${sumBy(BY, rate("requests_total"))} > 0)`;
}

/** The same for an amount with one more label, such as `mode`. */
export function perRequest(label: string, expression: string): string {
  return `${sumBy(`${BY}, ${label}`, expression)} / on (${BY}) group_left () (${sumBy(BY, rate("requests_total"))} > 0)`;
}
