// The expressions that the panels about servers are made of.

/** The servers that are chosen. */
export const AT = 'scenario="$scenario", host=~"$host"';
/** Labels that tell servers apart, and how a legend writes them. */
export const BY = "host, structure";
export const SERVER = "{{host}} {{structure}}";

/** Increase a second of a counter `rttlab_http_<metric>`; matchers begin with a comma. */
export function rate(metric: string, matchers = "", window = "$__rate_interval"): string {
  return `rate(rttlab_http_${metric}{${AT}${matchers}}[${window}])`;
}

export function sumBy(labels: string, expression: string): string {
  return `sum by (${labels}) (${expression})`;
}

/** What one request takes of an amount that is summed by server; nothing where there was no request. */
export function meanOfRequest(byServer: string): string {
  return `${byServer} / (${sumBy(BY, rate("requests_total"))} > 0)`;
}

/** The same of an amount that has one more label, such as `mode`. */
export function perRequest(label: string, expression: string): string {
  return `${sumBy(`${BY}, ${label}`, expression)} / on (${BY}) group_left () (${sumBy(BY, rate("requests_total"))} > 0)`;
}
