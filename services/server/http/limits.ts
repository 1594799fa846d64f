// How much a client may send before it is refused (RFC 9112 sections 2.3, 3 and 7.1; RFC 9110
// section 5.4; RFC 6585 section 5).

/** Bounds on what a client may send. */
export interface ParserLimits {
  /** Longest request line, without its line end. At least 8000 (RFC 9112 section 3). */
  requestLineBytes: number;
  /** All field lines of a head together. */
  fieldBytes: number;
  fieldCount: number;
  /** Longest content of a request, in bytes. It is read and discarded. */
  contentBytes: number;
  /** Chunk extensions and trailers of a request, together. */
  chunkOverheadBytes: number;
}

export const DEFAULT_LIMITS: ParserLimits = {
  requestLineBytes: 16_384,
  fieldBytes: 32_768,
  fieldCount: 100,
  contentBytes: 1_048_576,
  chunkOverheadBytes: 8_192,
};
