// What a browser is asked to do with a page, and what is asked of it.

/** Whether the page's objects are asked for as the browser likes, or each when the one before has come. */
export type Order = "at-once" | "in-turn";

export interface Visit {
  /** Its version. */
  browser: string;
  /** Images that were drawn. */
  images: number;
  /** For each object that came over the network, its protocol as the browser names it: `http/1.0`, `http/1.1`. */
  protocols: string[];
}

/** What is asked of the page once it is loaded, as an expression: it runs where there is a document. */
export const PAGE_STATE = `JSON.stringify({
  images: [...document.images].filter(({ complete, naturalWidth }) => complete && naturalWidth > 0).length,
  protocols: performance.getEntries().flatMap(({ nextHopProtocol = [] }) => nextHopProtocol),
})`;
