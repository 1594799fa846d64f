// Connections and alarms of Node's net and timers.

import { connect } from "node:net";
import type { Alarm, Destination, Dialled, Dialler, DialUser } from "./dial.ts";

export function openDialler(): Dialler {
  const alarms: NetAlarm[] = [];
  let spunMillis = 0;
  const spun = (millis: number) => {
    spunMillis += millis;
  };
  return {
    now: () => performance.now(),
    connect: dial,
    message: (bytes) => ({ bytes, pointer: 0n }),
    alarm(ring) {
      const alarm = new NetAlarm(ring, spun);
      alarms.push(alarm);
      return alarm;
    },
    spunMillis: () => spunMillis,
    close() {
      for (const alarm of alarms) alarm.clear();
    },
  };
}

function dial({ address, port, localAddress }: Destination, user: DialUser): Dialled {
  let isDestroyed = false;
  const local = localAddress === null ? {} : { localAddress };
  const socket = connect({ host: address, port, noDelay: true, allowHalfOpen: true, ...local })
    .on("connect", () => user.connected(performance.now()))
    .on("data", (bytes: Buffer) => user.received(bytes, bytes.length))
    .on("end", () => isDestroyed || user.ended())
    .on("error", (error: NodeJS.ErrnoException) => {
      if (isDestroyed) return;
      isDestroyed = true;
      user.broken(error.code ?? "EIO");
    });
  return {
    send({ bytes }) {
      if (isDestroyed) return;
      socket.cork();
      socket.write(bytes);
      process.nextTick(() => socket.uncork());
    },
    together: (work) => work(), // as all messages of one turn
    end() {
      if (!isDestroyed) socket.end();
    },
    destroy() {
      isDestroyed = true;
      socket.removeAllListeners("data").destroy();
    },
  };
}

/** Node's timer up to the last millisecond, then turns of the event loop. */
class NetAlarm implements Alarm {
  #ring: () => void;
  #spun: (millis: number) => void;
  #timer: NodeJS.Timeout | undefined;
  #turn: NodeJS.Immediate | undefined;

  /** `spun`: for how long the event loop turned for the alarm alone. */
  constructor(ring: () => void, spun: (millis: number) => void) {
    this.#ring = ring;
    this.#spun = spun;
  }

  set(atMillis: number): void {
    this.clear();
    const waitMillis = atMillis - performance.now();
    if (waitMillis > 2) this.#timer = setTimeout(() => this.set(atMillis), waitMillis - 1.5);
    else this.#spin(atMillis);
  }

  /** `sinceMillis`: when the latest turn ended; what is left of the first one may be work. */
  #spin(atMillis: number, sinceMillis = Number.NaN): void {
    const { events } = performance.nodeTiming.uvMetricsInfo;
    this.#turn = setImmediate(() => {
      const nowMillis = performance.now();
      const isVain = performance.nodeTiming.uvMetricsInfo.events === events;
      if (isVain && !Number.isNaN(sinceMillis)) this.#spun(nowMillis - sinceMillis);
      if (nowMillis < atMillis) this.#spin(atMillis, nowMillis);
      else this.#ring();
    });
  }

  clear(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#turn);
  }
}
