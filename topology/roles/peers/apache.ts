// Apache httpd with each of its multi-processing modules
// (https://httpd.apache.org/docs/2.4/mod/mpm_common.html): processes that block, threads that
// block, and threads to which a listener hands connections that have something to say. The pool has
// its full size from the start, as ours.

import { USUAL_WORKERS } from "../serving.ts";
import { CONFIGURATION, DATA_ADDRESS, type Peer, type PeerSettings, seconds, TIMEOUTS } from "./peer.ts";

const BLOCKING = ["workers", "backlog", ...TIMEOUTS];

export const apachePrefork = apache("prefork", BLOCKING, ({ workers }) => [
  `ServerLimit ${workers}`,
  `StartServers ${workers}`,
  "MinSpareServers 1",
  `MaxSpareServers ${workers + 1}`,
  `MaxRequestWorkers ${workers}`,
]);

export const apacheWorker = apache("worker", BLOCKING, threads);

export const apacheEvent = apache("event", [...BLOCKING, "connections"], (settings) => [
  ...threads(settings),
  `AsyncRequestWorkerFactor ${Math.ceil(settings.connections / settings.workers)}`,
]);

/** One process, so that the threads share everything, as those of `prethread`. */
function threads({ workers }: PeerSettings): string[] {
  return [
    "ServerLimit 1",
    "StartServers 1",
    `ThreadLimit ${workers}`,
    `ThreadsPerChild ${workers}`,
    "MinSpareThreads 1",
    `MaxSpareThreads ${workers + 1}`,
    `MaxRequestWorkers ${workers}`,
  ];
}

function apache(module: string, options: readonly string[], pool: (settings: PeerSettings) => string[]): Peer {
  return {
    protocols: ["http"],
    options,
    threads: ({ workers }) => workers || USUAL_WORKERS,
    command: ["apache2", "-f", CONFIGURATION, "-D", "FOREGROUND"],
    configuration(given) {
      const settings = { ...given, workers: given.workers || USUAL_WORKERS };
      const load = ["authz_core", "dir", "mime", "reqtimeout", `mpm_${module}`];
      return `${[
        ...load.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`),
        "ServerRoot /tmp/peer",
        "ServerName server",
        "DefaultRuntimeDir /tmp/peer",
        "PidFile /tmp/peer/apache.pid",
        "ErrorLog /dev/stderr",
        "LogLevel warn",
        `Listen ${DATA_ADDRESS}:${settings.port}`,
        `ListenBacklog ${settings.backlog}`,
        ...pool(settings),
        "MaxConnectionsPerChild 0",
        "KeepAlive On",
        "MaxKeepAliveRequests 0",
        `KeepAliveTimeout ${settings.idleMillis}ms`,
        `Timeout ${seconds(settings.writeMillis)}`,
        `RequestReadTimeout header=${seconds(settings.headMillis)} body=${seconds(settings.contentMillis)}`,
        "HostnameLookups Off",
        "EnableSendfile On",
        "TypesConfig /etc/mime.types",
        `DocumentRoot ${settings.root}`,
        "DirectoryIndex index.html",
        `<Directory ${settings.root}>`,
        "  AllowOverride None",
        "  Require all granted",
        "</Directory>",
      ].join("\n")}\n`;
    },
  };
}
