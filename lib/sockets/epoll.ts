// Sockets by Linux system calls: accept4, read, write, sendfile, shutdown and close. poller.ts
// finds the ready ones.

import { EpollSocket } from "./epoll-socket.ts";
import * as libc from "./libc.ts";
import { listeningSocket } from "./listening-socket.ts";
import { MemoryFiles } from "./memory-files.ts";
import { type Pollable, Poller, READABLE } from "./poller.ts";
import { endpoint } from "./sockaddr.ts";
import type { Listen, Listener, ListenOptions } from "./socket.ts";

/** Connections accepted at once before open ones have their turn. */
const ACCEPTED_AT_ONCE = 32;

export const listen: Listen = async (options) => new EpollListener(options);

class EpollListener implements Listener, Pollable {
  port: number;
  #options: ListenOptions;
  #poller = new Poller();
  #memoryFiles = new MemoryFiles();
  #descriptor: number;
  /**
   * Given up when no other descriptor is left, so that a connection can be accepted and closed.
   * Otherwise it would wait, and wake us, for ever.
   */
  #spare = openSpare();
  #open = 0;
  #closed = Promise.withResolvers<void>();

  constructor(options: ListenOptions) {
    this.#options = options;
    try {
      this.#descriptor = listeningSocket(options, libc.NONBLOCK);
    } catch (error) {
      this.#poller.close();
      libc.close(this.#spare);
      throw error;
    }
    this.port = endpoint(this.#descriptor, "near")?.port ?? options.port;
    this.#poller.watch(this.#descriptor, READABLE, this);
  }

  close(): Promise<void> {
    this.#poller.forget(this.#descriptor);
    libc.close(this.#descriptor);
    libc.close(this.#spare);
    this.#descriptor = -1;
    this.#finishWhenEmpty();
    return this.#closed.promise;
  }

  ready(): void {
    for (let count = 0; count < ACCEPTED_AT_ONCE; count++) {
      let descriptor = this.#accept();
      if (descriptor < 0 && libc.isOutOfDescriptors()) {
        if (this.#options.makeRoom()) descriptor = this.#accept();
        else this.#shed();
      }
      if (descriptor < 0) return;
      this.#open++;
      const socket = new EpollSocket(descriptor, this.#poller, this.#options, this.#memoryFiles, this.#gone);
      socket.attend(this.#options.connected(socket));
    }
  }

  #accept(): number {
    return libc.accept4(this.#descriptor, libc.NULL, libc.NULL, libc.NONBLOCK | libc.CLOEXEC);
  }

  #shed(): void {
    libc.close(this.#spare);
    const descriptor = this.#accept();
    if (descriptor >= 0) libc.close(descriptor);
    this.#spare = openSpare();
    this.#options.shed();
  }

  #gone = (): void => {
    this.#open--;
    this.#finishWhenEmpty();
  };

  #finishWhenEmpty(): void {
    if (this.#descriptor !== -1 || this.#open > 0) return;
    this.#poller.close();
    this.#memoryFiles.close();
    this.#closed.resolve();
  }
}

function openSpare(): number {
  return libc.epoll_create1(libc.CLOEXEC);
}
