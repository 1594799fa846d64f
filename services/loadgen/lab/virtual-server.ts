// A server that takes one request at a time, first come first served, a network to it without
// delay, and the clock of both: loads in virtual time, which no busy machine makes late.

import type { LoadResult, LoadSettings } from "../../../lib/contract/load/load.ts";
import type { Dialler, DialUser } from "../../../lib/sockets/dial.ts";
import { askingOf } from "../asked.ts";
import { runClosedLoad } from "../closed-load.ts";
import { emptyCounters } from "../counters.ts";
import { runOpenLoad } from "../open-load.ts";
import { Recorder } from "../recorder.ts";
import { Traffic } from "../traffic.ts";
import { windowOf } from "../window.ts";

const ANSWER = Buffer.from("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
const SOMEWHERE = { address: "127.0.0.1", port: 1, localAddress: null };
const IDLE = { cpuSeconds: 0, eventLoopUtilisation: 0, saturated: false, spunSeconds: 0, threads: [] };

export interface VirtualServer {
  /**
   * Makes a load from now to its end. The next one finds the server with the work that this one
   * left.
   */
  load(settings: LoadSettings, Recording?: typeof Recorder): Promise<LoadResult>;
}

/**
 * A server whose next request takes `serviceMillis()`; the call that opens a connection takes the
 * client `openingMillis`.
 */
export function startVirtualServer(serviceMillis: () => number, openingMillis = 0): VirtualServer {
  const events: { atMillis: number; act: () => void }[] = [];
  let nowMillis = 0;
  let freeAtMillis = 0;
  const at = (atMillis: number, act: () => void) => {
    const event = { atMillis, act };
    let index = events.length;
    // Events mostly come in the order of their times: the latest stands first.
    while (index > 0 && (events[index - 1] as typeof event).atMillis <= atMillis) index--;
    events.splice(index, 0, event);
  };
  const dialler: Dialler = {
    now: () => nowMillis,
    message: (bytes) => ({ bytes, pointer: 0n }),
    connect(_to, user: DialUser) {
      nowMillis += openingMillis;
      let isOpen = false;
      let isDestroyed = false;
      let early = 0;
      const tell = (atMillis: number, what: () => void) => at(atMillis, () => isDestroyed || what());
      const serve = () => {
        freeAtMillis = Math.max(freeAtMillis, nowMillis) + serviceMillis();
        tell(freeAtMillis, () => user.received(Buffer.from(ANSWER), ANSWER.length));
      };
      tell(nowMillis, () => {
        isOpen = true;
        user.connected(nowMillis);
        while (early-- > 0) serve();
      });
      return {
        send() {
          if (isOpen) serve();
          else early++;
        },
        together: (work) => work(),
        end: () => tell(nowMillis, () => user.ended()),
        destroy() {
          isDestroyed = true;
        },
      };
    },
    alarm(ring) {
      let set: object | null = null;
      return {
        set(atMillis) {
          const mine = {};
          set = mine;
          at(Math.max(atMillis, nowMillis), () => set === mine && ring());
        },
        clear: () => {
          set = null;
        },
      };
    },
    spunMillis: () => 0,
    close() {},
  };
  return {
    async load(settings, Recording = Recorder) {
      const window = windowOf(settings, nowMillis);
      const recorder = new Recording(settings, window, emptyCounters());
      const asking = askingOf(settings, dialler.message);
      const traffic = new Traffic(settings, window, dialler, SOMEWHERE, recorder, asking);
      if (settings.ending === "cut") dialler.alarm(() => traffic.cut()).set(window.ceaseMillis);
      const running = settings.rate === null ? runClosedLoad(traffic) : runOpenLoad(traffic);
      while (!traffic.isOver) {
        const next = events.pop();
        if (next === undefined) break;
        nowMillis = next.atMillis;
        next.act();
      }
      await running;
      return { ...recorder.result("", null, IDLE), invalid: [] };
    },
  };
}
