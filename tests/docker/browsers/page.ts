// The task of a browser with a page, and its report.

/** Whether the browser requests the page's objects as it likes, or each after the one before. */
export type Order = "at-once" | "in-turn";

export interface Visit {
  /** Its version. */
  browser: string;
  /** Images that were drawn. */
  images: number;
  /**
   * For each object that came over the network, its protocol as the browser names it: `http/1.0`,
   * `http/1.1`.
   */
  protocols: string[];
}

/** The expression that is evaluated in the loaded page. */
export const PAGE_STATE = `JSON.stringify({
  images: [...document.images].filter(({ complete, naturalWidth }) => complete && naturalWidth > 0).length,
  protocols: performance.getEntries().flatMap(({ nextHopProtocol = [] }) => nextHopProtocol),
})`;
