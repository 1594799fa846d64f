// Performs one step of a plan with Docker.

import type { Step } from "../plan/step.ts";
import { awaitHost } from "./await-port.ts";
import { createContainer, removeContainer } from "./container.ts";
import type { Engine } from "./docker.ts";
import { buildImage } from "./images.ts";
import { createNetwork, removeNetwork } from "./network.ts";
import { prepareProgram } from "./program-image.ts";
import { requestService } from "./request.ts";
import type { Performer } from "./run.ts";
import { trackAgain, untrackNetworks } from "./tracking.ts";
import { createVolume, removeVolume } from "./volume.ts";
import { updateWatchers } from "./watching.ts";
import { wireHost } from "./wiring.ts";

/** A performer of steps on an engine, from the repository at `root`. */
export function performer(engine: Engine, root: string): Performer {
  return async ({ action }: Step, onLine, signal) => {
    switch (action.op) {
      case "build-image":
        return buildImage(engine, root, action.image, action.tag, { onLine, signal });
      case "prepare-image":
        return prepareProgram(engine, action.program);
      case "create-network":
        return createNetwork(engine, action.network);
      case "create-container":
        return createContainer(engine, action.container);
      case "await-ready":
        return awaitHost(engine, action.container, signal);
      case "wire-host":
        return wireHost(engine, action.wiring);
      case "set-link": {
        const onEvent = () => onLine("waiting for another change of it, or a timeline, to end");
        await requestService(engine, action.container, "link.set", { settings: action.settings }, { signal, onEvent });
        return;
      }
      case "untrack-networks":
        return untrackNetworks(engine, action.untracking, onLine);
      case "create-volume":
        return createVolume(engine, action.volume);
      case "remove-volume":
        return removeVolume(engine, action.volume);
      case "watch":
        return updateWatchers(engine, action.watch);
      case "set-background":
        await requestService(engine, action.container, "background", { load: action.load }, { signal });
        return;
      case "remove-container":
        await trackAgain(engine, action.container);
        return removeContainer(engine, action.container);
      case "remove-network":
        return removeNetwork(engine, action.network);
    }
  };
}
