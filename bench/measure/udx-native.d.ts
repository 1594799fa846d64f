// The part of udx-native that the bench uses; the package brings no types.

declare module "udx-native" {
  import type { Duplex } from "node:stream";

  interface UdxSocket {
    bind(port: number, host: string): void;
    /** A datagram by itself. */
    trySend(bytes: Uint8Array, port: number, host: string): void;
    on(event: "message", listener: () => void): void;
    close(): Promise<void>;
  }

  interface UdxStream extends Duplex {
    connect(socket: UdxSocket, remoteId: number, port: number, host: string): void;
  }

  export default class UDX {
    createSocket(): UdxSocket;
    createStream(id: number): UdxStream;
  }
}
