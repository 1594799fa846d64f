// Docker's options for a container, hardened all alike: read-only root, every capability dropped
// but those named, no new privileges, limits on memory and processes, ports on 127.0.0.1 only.

import type { ContainerCreateOptions, MountSettings } from "dockerode";
import type { ContainerSpec, Mount } from "../plan/step.ts";

/** Common options of all our containers. Memory is not swapped, so a limit is a limit. */
export const HARDENED = {
  ReadonlyRootfs: true,
  CapDrop: ["ALL"],
  SecurityOpt: ["no-new-privileges"],
  RestartPolicy: { Name: "no" },
  LogConfig: { Type: "json-file", Config: { "max-size": "10m", "max-file": "2" } },
} as const;

/** Docker's options for a container of this spec, on its first network. */
export function createOptions(spec: ContainerSpec): ContainerCreateOptions {
  const [first] = spec.attachments;
  const { loosened = [] } = spec;
  return {
    name: spec.name,
    ...(spec.inside === undefined && { Hostname: spec.hostname }),
    Image: spec.image,
    Labels: spec.labels,
    Cmd: spec.command,
    Env: Object.entries(spec.environment).map(([name, value]) => `${name}=${value}`),
    User: spec.user,
    StopTimeout: 2,
    ExposedPorts: Object.fromEntries(spec.ports.map(({ containerPort }) => [`${containerPort}/tcp`, {}])),
    HostConfig: {
      ...HARDENED,
      CapDrop: [...HARDENED.CapDrop],
      ReadonlyRootfs: !loosened.includes("writable"),
      SecurityOpt: loosened.includes("privileges") ? [] : [...HARDENED.SecurityOpt],
      CapAdd: spec.capabilities,
      Memory: spec.memoryBytes,
      MemorySwap: spec.memoryBytes,
      PidsLimit: spec.pidsLimit,
      ...processorLimits(spec),
      Tmpfs: spec.tmpfs,
      Mounts: (spec.mounts ?? []).map(mountOptions),
      ...(spec.seesMachineCgroups === true && { CgroupnsMode: "host" }),
      Sysctls: spec.sysctls,
      ExtraHosts: Object.entries(spec.extraHosts).map(([name, address]) => `${name}:${address}`),
      NetworkMode: spec.inside === undefined ? (first?.network ?? "none") : `container:${spec.inside}`,
      PortBindings: Object.fromEntries(
        spec.ports.map(({ containerPort, hostPort }) => [
          `${containerPort}/tcp`,
          [{ HostIp: "127.0.0.1", HostPort: String(hostPort) }],
        ]),
      ),
    },
    ...(first && { NetworkingConfig: { EndpointsConfig: { [first.network]: endpointOptions(first.address) } } }),
  };
}

/** In Docker's words: billionths of a processor, and a list of processors. */
function processorLimits({ processors }: ContainerSpec): { NanoCpus?: number; CpusetCpus?: string } {
  if (processors === undefined) return {};
  const { quota, cores } = processors;
  return {
    ...(quota !== null && { NanoCpus: Math.round(quota * 1e9) }),
    ...(cores !== null && { CpusetCpus: cores.join(",") }),
  };
}

function mountOptions({ source, target, readOnly }: Mount): MountSettings {
  const named = "volume" in source;
  return {
    Type: named ? "volume" : "bind",
    Source: named ? source.volume : source.path,
    Target: target,
    ReadOnly: readOnly,
  };
}

export function endpointOptions(address: string) {
  return { IPAMConfig: { IPv4Address: address } };
}
