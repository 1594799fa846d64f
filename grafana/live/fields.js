// A panel's field settings for one series: the defaults, with the overrides that match its name.
// Pure.

/** @import { Panel } from "./types.d.ts" */

/**
 * Every setting by its id, such as `unit` or `custom.lineStyle`.
 * @param {Panel} panel
 * @param {string} name
 * @returns {Record<string, any>}
 */
export function fieldSettings({ fieldConfig }, name) {
  const { custom = {}, ...defaults } = fieldConfig?.defaults ?? {};
  const settings = /** @type {Record<string, any>} */ ({ ...defaults });
  for (const [key, value] of Object.entries(custom)) settings[`custom.${key}`] = value;
  for (const { matcher, properties } of fieldConfig?.overrides ?? []) {
    if (!fits(matcher, name)) continue;
    for (const { id, value } of properties) settings[id] = value;
  }
  return settings;
}

/** @param {{ id: string, options?: unknown }} matcher @param {string} name */
function fits({ id, options }, name) {
  if (id === "byName") return options === name;
  if (id !== "byRegexp") return false;
  const written = /^\/(.*)\/(\w*)$/s.exec(String(options));
  return new RegExp(written?.[1] ?? String(options), written?.[2] ?? "").test(name);
}
