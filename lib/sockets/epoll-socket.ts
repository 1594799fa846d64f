// A connection by Linux system calls. All sockets of a thread read into one buffer, which is free
// again after each call. The poller reports only changes, so #lookAgain requests a report of
// whatever was left unread or unsent.

import * as libc from "./libc.ts";
import type { MemoryFiles } from "./memory-files.ts";
import { Outgoing } from "./outgoing.ts";
import { type PeerTimeout, peerTimeout } from "./peer-timeout.ts";
import type { Piece } from "./piece.ts";
import { BROKEN, CHANGES, ENDED, type Pollable, type Poller, READABLE, WRITABLE } from "./poller.ts";
import { closeFiles } from "./sending.ts";
import { endpoint } from "./sockaddr.ts";
import type { ListenOptions, SocketUser, StreamSocket } from "./socket.ts";
import { acknowledgedBytes } from "./tcp-info.ts";

const READ_BYTES = 65_536;
/**
 * Smaller output waits until everything ready has been read, so that a peer is woken once for
 * several answers.
 */
const SENT_AT_ONCE_BYTES = 65_536;
const input = libc.allocate(READ_BYTES);

export class EpollSocket implements StreamSocket, Pollable {
  busy = false;
  destroyed = false;
  paused = false;
  #descriptor: number;
  #poller: Poller;
  #options: ListenOptions;
  #gone: () => void;
  #outgoing: Outgoing;
  #user: SocketUser | null = null;
  /** The events that the poller watches; 0: it does not know the socket yet. */
  #watched = 0;
  #needsRoom = false;
  #deferred = false;
  #peerEnded = false;
  #ending = false;
  #ended = false;
  #writeLimit: PeerTimeout | undefined;
  #remoteAddress: string | undefined;

  constructor(descriptor: number, poller: Poller, options: ListenOptions, memoryFiles: MemoryFiles, gone: () => void) {
    this.#descriptor = descriptor;
    this.#poller = poller;
    this.#options = options;
    this.#gone = gone;
    this.#outgoing = new Outgoing(descriptor, options.observer, memoryFiles, options.writes);
  }

  /**
   * Calls `user` from now on. A request may have arrived with the connection, so it is read without
   * asking the poller.
   */
  attend(user: SocketUser): void {
    this.#user = user;
    if (this.destroyed) user.closed();
    else this.ready(READABLE);
    if (this.destroyed) return;
    this.#watched = CHANGES | READABLE | ENDED | (this.#needsRoom ? WRITABLE : 0);
    this.#poller.watch(this.#descriptor, this.#watched, this);
  }

  get unsent(): boolean {
    return this.busy || this.#deferred;
  }

  get remoteAddress(): string {
    this.#remoteAddress ??= endpoint(this.#descriptor, "far")?.address ?? "";
    return this.#remoteAddress;
  }

  rememberRemoteAddress(): void {
    this.#remoteAddress = this.remoteAddress;
  }

  get localAddress(): string {
    return endpoint(this.#descriptor, "near")?.address ?? "";
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
    this.#lookAgain();
  }

  send(pieces: readonly Piece[]): void {
    if (this.destroyed) {
      closeFiles(pieces);
      return;
    }
    this.#outgoing.push(pieces);
    if (this.busy) return;
    if (this.#outgoing.waiting >= SENT_AT_ONCE_BYTES) this.#sendNow();
    else if (!this.#deferred) {
      this.#deferred = true;
      this.#poller.defer(this);
    }
  }

  end(): void {
    this.#ending = true;
    if (this.#deferred) this.#sendNow();
    else if (!this.busy) this.#endNow();
  }

  flush(): void {
    if (this.#deferred && !this.destroyed) this.#sendNow();
  }

  #sendNow(): void {
    this.#deferred = false;
    const before = this.#outgoing.sent;
    this.#advance();
    if (this.busy || this.destroyed) return;
    this.#user?.taken(this.#outgoing.sent - before);
    if (this.#ending) this.#endNow();
  }

  destroy(): void {
    if (this.destroyed) return;
    this.destroyed = true;
    this.#writeLimit?.end();
    this.#poller.forget(this.#descriptor);
    libc.close(this.#descriptor);
    this.#outgoing.dispose();
    this.#user?.closed();
    this.#gone();
  }

  ready(events: number): void {
    if ((events & WRITABLE) !== 0 && this.#needsRoom) this.#proceed();
    if (this.destroyed) return;
    if ((events & (READABLE | ENDED | BROKEN)) === 0) return;
    if (!this.paused && !this.#peerEnded) this.#read(events);
    else if ((events & BROKEN) !== 0) this.#fail();
  }

  /** A short read has taken everything (epoll(7)), except an end that arrived with it. */
  #read(events: number): void {
    const length = libc.read(this.#descriptor, input.pointer, READ_BYTES);
    if (length > 0) {
      this.#user?.received(input.bytes, length);
      if (length === READ_BYTES || (events & (ENDED | BROKEN)) !== 0) this.#lookAgain();
    } else if (length === 0) {
      this.#peerEnded = true;
      this.#user?.ended();
      if (this.#ended) this.destroy();
    } else if (!libc.shouldTryLater()) this.#fail();
  }

  /** Makes the poller report, in its next batch, whatever holds by then. */
  #lookAgain(): void {
    if (this.destroyed || this.#watched === 0) return;
    if (this.#needsRoom) this.#watched |= WRITABLE;
    this.#poller.change(this.#descriptor, this.#watched);
  }

  #advance(): void {
    const progress = this.#outgoing.advance();
    this.#needsRoom = progress === "room" || progress === "turn";
    this.busy = this.#needsRoom || progress === "disk";
    if (this.#needsRoom) this.#limitTime();
    else this.#writeLimit?.end();
    if (progress === "disk") this.#outgoing.fetch((read) => this.#fetched(read));
    else if (progress === "failed") this.#fail();
    else if (progress === "turn" || (progress === "room" && (this.#watched & WRITABLE) === 0)) this.#lookAgain();
  }

  #fetched(read: boolean): void {
    if (this.destroyed) return;
    if (read) this.#proceed();
    else this.destroy();
  }

  /** After a wait for the client or the disk. */
  #proceed(): void {
    this.#advance();
    if (this.busy || this.destroyed) return;
    this.#user?.free();
    if (this.#ending && !this.busy) this.#endNow();
  }

  #endNow(): void {
    if (this.#ended || this.destroyed) return;
    this.#ended = true;
    if (this.#peerEnded) this.destroy();
    else libc.shutdown(this.#descriptor, libc.SHUT_WR);
  }

  #fail(): void {
    this.#options.observer.broken();
    this.destroy();
  }

  #limitTime(): void {
    this.#writeLimit ??= peerTimeout(
      this.#options.writeMillis,
      () => acknowledgedBytes(this.#descriptor),
      () => {
        this.#options.observer.timedOut();
        this.destroy();
      },
    );
    this.#writeLimit.begin();
  }
}
