// The part of tar-stream that context.ts uses; the package brings no types.

declare module "tar-stream" {
  import type { Readable } from "node:stream";

  export interface Header {
    name: string;
    mode?: number;
    mtime?: Date;
  }

  export interface Pack extends Readable {
    entry(header: Header, content: string | Buffer, done?: (error?: Error | null) => void): void;
    finalize(): void;
  }

  export function pack(): Pack;
}
