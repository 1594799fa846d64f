// A running link: its backend, its configured and current settings, and the requests that it
// serves. Changes happen one at a time.

import { randomUUID } from "node:crypto";
import type { LinkCalibration } from "../../lib/contract/calibration.ts";
import type { Handler, Handlers } from "../../lib/contract/contract.ts";
import type { LinkInspection, LinkState } from "../../lib/contract/link.ts";
import { endOfInput } from "../../lib/contract/serving/end-of-input.ts";
import { log } from "../../lib/contract/serving/log.ts";
import { type Problem, RttlabError } from "../../lib/errors.ts";
import { capacityProblems } from "../../lib/link/capacity.ts";
import { contradictionProblems } from "../../lib/link/contradictions.ts";
import {
  changedSettings,
  type DirectionName,
  type LinkChange,
  type LinkSettings,
  rttMillis,
} from "../../lib/link/link.ts";
import { declaredPackets } from "../../lib/link/transmission.ts";
import { type Applied, applySettings, BARE, differencesFrom, stagesWith, takesSeed } from "./apply-settings.ts";
import { attachment } from "./attachment.ts";
import type { Backend } from "./backend.ts";
import { CalibrationTurns } from "./calibration-turns.ts";
import { changeTurns } from "./change-turns.ts";
import type { Config } from "./config.ts";
import { readCounters, readQdiscs } from "./counters.ts";
import { dumpLink } from "./dump.ts";
import { withTableFiles } from "./jitter-tables.ts";
import { setRoom, shortQueues } from "./room.ts";
import { changeProblems, settingsProblems } from "./settings-problems.ts";
import { driveRates } from "./timeline/drive.ts";
import { playTimeline } from "./timeline/play.ts";
import { readSteps, timelineOf } from "./timeline/steps.ts";
import { traceHandler } from "./trace.ts";

export interface Agent {
  /** The settings in force; without qdiscs those of an unimpaired link. */
  inForce(): LinkSettings;
  /** When they were applied; milliseconds since the epoch. */
  changedAtMillis(): number;
  handlers: Handlers<"link">;
}

/** Room for a second of the smallest packets at more than any link carries. */
const MOST_ROOM = 10_000;

/** Builds the link as configured; resolves when it is built. Rejects as applySettings does. */
export async function startAgent(backend: Backend, { name, legs, settings: configured }: Config): Promise<Agent> {
  refuseProblems("building the link", capacityProblems(configured, backend));
  const seedable = await takesSeed(backend);
  const begun = await applySettings(backend, configured, seedable);
  const held = {
    settings: configured,
    /** Those of the scenario: the last that were given as a whole. */
    whole: configured,
    /** Identifies these settings: a calibration is kept only if it measured them. */
    revision: randomUUID() as string,
    bare: false,
    /** Directions whose queues have more room than declared. */
    roomy: [] as DirectionName[],
    seedInUse: begun.seed,
    /** The kernel has these; none while bare. */
    stages: begun.stages,
    /** Directions whose stages a timeline drives, or did last. */
    driven: [] as DirectionName[],
    calibration: null as LinkCalibration | null,
    settingsChangedAtMillis: Date.now(),
  };

  const inTurn = changeTurns();

  /** These settings are in force from now on, and nothing is known of them yet. */
  const hold = (settings: LinkSettings): void => {
    const settingsChangedAtMillis = Date.now();
    Object.assign(held, { settings, revision: randomUUID(), bare: false, calibration: null, settingsChangedAtMillis });
  };

  /** Takes room back that queues were given: what is built next starts from what is declared. */
  const takeRoom = async () => {
    const sides = held.roomy.splice(0);
    if (!held.bare) await setRoom(backend, held.settings, held.stages, sides, null);
  };

  /** If the new settings are refused, the previous ones are restored. */
  const build = async (settings: LinkSettings): Promise<Applied["discardedPackets"]> => {
    await takeRoom();
    try {
      const { seed, stages, discardedPackets } = await applySettings(backend, settings, seedable, held.stages);
      Object.assign(held, { seedInUse: seed, stages, driven: [] });
      return discardedPackets;
    } catch (error) {
      await restore();
      throw error;
    }
  };

  /** Builds the settings in force anew, whatever has become of them. */
  const restore = async (): Promise<void> => {
    const before = held.bare ? BARE : { ...held.settings, seed: held.seedInUse };
    const { stages } = await applySettings(backend, before, seedable);
    Object.assign(held, { stages, driven: [] });
  };

  /** A measurement is to find the link as it is without a timeline. */
  const undrive = async (): Promise<void> => {
    if (held.driven.length > 0) await build(held.settings);
  };

  const calibrations = new CalibrationTurns();
  const isAttached = backend.interfaces.map(attachment);

  const status = (): LinkState => ({
    name,
    backend: backend.name,
    legs,
    interfaces: backend.interfaces,
    settings: held.settings,
    revision: held.revision,
    bare: held.bare,
    seedInUse: held.seedInUse,
    calibration: held.calibration,
    settingsChangedAtMillis: held.settingsChangedAtMillis,
    calibrating: calibrations.isTaken,
    detached: legs.filter((_, at) => isAttached[at]?.() === false).map(({ network }) => network),
    queuePackets: {
      forward: declaredPackets(held.settings.forward, rttMillis(held.settings)),
      backward: declaredPackets(held.settings.backward, rttMillis(held.settings)),
    },
  });

  /**
   * `change` is merged with the settings in force when its turn has come, so that two simultaneous
   * changes both hold.
   */
  const set: Handler<"link.set"> = async ({ settings: given, change, reset }, emit, signal) => {
    refuseProblems("changing the link", reset === true ? [] : requestProblems(given, change));
    const work = async () => {
      const whole = reset === true ? held.whole : (given as LinkSettings);
      const wanted = change === undefined ? whole : changedSettings(held.settings, change as LinkChange);
      refuseProblems("changing the link", [...contradictionProblems(wanted), ...capacityProblems(wanted, backend)]);
      const discardedPackets = await build(wanted);
      hold(wanted);
      if (change === undefined) held.whole = wanted;
      calibrations.interrupt();
      log("changed", { settings: wanted, seedInUse: held.seedInUse, discardedPackets });
      return { ...status(), discardedPackets };
    };
    return inTurn(work, { emit, signal });
  };

  /** Others' changes wait until it has ended; a client that goes ends it. */
  const play: Handler<"link.play"> = ({ steps: given }, emit, signal) => {
    const work = async () => {
      if (held.bare)
        throw new RttlabError("E_LINK_CHANGED", "playing a timeline: the link has no qdiscs at the moment");
      const before = held.settings;
      const { steps, problems } = readSteps(given, before, backend);
      refuseProblems("playing a timeline", problems);
      calibrations.interrupt();
      await takeRoom();
      const timers: NodeJS.Timeout[] = [];
      const onBegin = () => {
        emit("playing", {});
        for (const { atMillis, settings } of steps) timers.push(setTimeout(hold, atMillis, settings));
      };
      try {
        const { discardedPackets, ...driven } = await driveRates(backend, held, steps);
        Object.assign(held, driven);
        const place = { devices: backend.devices, driven: held.driven };
        const { text, stages } = timelineOf(held.stages, before, held.seedInUse, steps, place);
        const endMillis = steps.at(-1)?.atMillis ?? 0;
        const tables = steps.map((step) => step.settings);
        const played = await withTableFiles(tables, () => playTimeline(backend, text, endMillis, onBegin, signal));
        hold(steps[played.length - 1]?.settings ?? before);
        held.stages = stages[played.length - 1] ?? held.stages;
        const differences = await differencesFrom(backend, held.stages);
        if (differences.length > 0) {
          throw new RttlabError("E_LINK_READBACK", `playing a timeline: ${differences.join("; ")}`);
        }
        log("played", { steps: played.length, discardedPackets });
        return { played, settings: held.settings, discardedPackets };
      } catch (error) {
        hold(before);
        await restore();
        throw error;
      } finally {
        for (const timer of timers) clearTimeout(timer);
      }
    };
    return inTurn(work, { emit, signal });
  };

  const setBare = (bare: boolean) => async () => {
    await build(bare ? BARE : held.settings);
    held.bare = bare;
  };

  /**
   * `held`: bare only while the client keeps its input open, so that a client that dies leaves a
   * link behind.
   */
  const bare: Handler<"link.bare"> = async ({ bare, held: whileOpen }, emit, signal) => {
    if (typeof bare !== "boolean") throw new RttlabError("E_REQUEST", "bare: it needs bare, true or false");
    await inTurn(setBare(bare), { emit, signal });
    if (bare && whileOpen === true) {
      emit("bare", {});
      await endOfInput(signal);
      if (held.bare) await inTurn(setBare(false));
    }
    return status();
  };

  /** Only while the client keeps its input open, as with `bare`. */
  const room: Handler<"link.room"> = async ({ packets }, emit, signal) => {
    if (typeof packets !== "number" || !Number.isInteger(packets) || packets < 1 || packets > MOST_ROOM)
      throw new RttlabError("E_REQUEST", `room: packets must be a number from 1 to ${MOST_ROOM}`);
    const give = async () => {
      if (held.bare) return;
      await undrive();
      held.roomy = shortQueues(held.settings, packets);
      await setRoom(backend, held.settings, held.stages, held.roomy, packets);
    };
    await inTurn(give, { emit, signal });
    emit("room", {});
    await endOfInput(signal);
    // A timeline that runs by now has taken it.
    if (held.roomy.length > 0) await inTurn(takeRoom);
    return status();
  };

  /** One at a time. The turn lasts while the client keeps its input open. */
  const calibrating: Handler<"link.calibrating"> = async (_request, emit, signal) => {
    // Of a client that goes before its turn nothing is held below.
    await inTurn(undrive, { emit, signal }).catch((error) => {
      if (!signal.aborted) throw error;
    });
    await calibrations.hold(emit, signal, () => ({ settings: held.settings, revision: held.revision }));
    return {};
  };

  const calibrated: Handler<"link.calibrated"> = ({ calibration, revision }) => {
    if (calibration === undefined || typeof revision !== "string") {
      throw new RttlabError("E_REQUEST", "calibrated: it needs a calibration and the revision that it measured");
    }
    if (revision !== held.revision) {
      throw new RttlabError(
        "E_LINK_CHANGED",
        "holding a calibration: the settings that it measured are no longer in force",
      );
    }
    held.calibration = calibration as LinkCalibration; // kept as it came
    return {};
  };

  const inspect = async (): Promise<LinkInspection> => {
    const { settings, revision, seedInUse, bare } = held;
    const reading = readQdiscs(backend);
    const counters = await readCounters(backend, reading);
    const wanted = bare ? stagesWith(settings, seedInUse) : held.stages;
    const differences = await differencesFrom(backend, wanted, reading);
    return { settings, revision, counters, differences };
  };

  return {
    inForce: () => (held.bare ? BARE : held.settings),
    changedAtMillis: () => held.settingsChangedAtMillis,
    handlers: {
      status,
      set,
      play,
      bare,
      room,
      calibrating,
      calibrated,
      counters: () => readCounters(backend),
      inspect: (_request, emit, signal) => inTurn(inspect, { emit, signal }),
      dump: (_request, emit, signal) => inTurn(() => dumpLink(backend), { emit, signal }),
      trace: traceHandler(backend),
    },
  };
}

function requestProblems(settings: unknown, change: unknown): Problem[] {
  return change === undefined ? settingsProblems(settings, "settings") : changeProblems(change, "change");
}

function refuseProblems(what: string, problems: Problem[]): void {
  if (problems.length > 0) throw new RttlabError("E_BAD_SETTING", `${what}: the link cannot be so`, { problems });
}
