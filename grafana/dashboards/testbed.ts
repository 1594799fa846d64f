// Testbed: whether everything is there, what the links carry against their settings, what the
// containers use.

import * as dashboard from "@grafana/grafana-foundation-sdk/dashboard";
import { frame } from "./frame.ts";
import { linkLosses, linkQueue } from "./links.ts";
import { bars, lines, numbers, rows } from "./panels.ts";

const AT = 'scenario="$scenario", host=~"$host"';
const SENT_BITS = `8 * rate(rttlab_link_sent_bytes_total{${AT}}[$__rate_interval])`;
const RATE = `8 * rttlab_link_configured_rate_bytes_per_second{${AT}}`;
const PER_DIRECTION = "{{link}} {{direction}}";

export function testbed(): dashboard.Dashboard {
  return frame({
    name: "testbed",
    title: "Testbed",
    description: "Whether everything is up, what the links carry, what the containers use.",
    hostsOf: "up|rttlab_container_memory_bytes",
  })
    .withRow(new dashboard.RowBuilder("Inventory"))
    .withPanel(
      numbers(
        {
          title: "Targets up",
          description:
            "How many of the services that Prometheus scrapes answered the last time. If some are missing, the table beside names them.",
          unit: "none",
          width: 6,
          height: 8,
        },
        [
          ['sum(up{scenario="$scenario"})', "up"],
          ['count(up{scenario="$scenario"})', "there are"],
        ],
      ),
    )
    .withPanel(
      numbers(
        {
          title: "Links by backend",
          description:
            "kernel: the machine's own netem. uml: a User-Mode Linux guest runs it, good to about 200 Mbit/s.",
          unit: "none",
          width: 6,
          height: 8,
        },
        [['count by (backend) (rttlab_link_info{scenario="$scenario"})', "{{backend}}"]],
      ),
    )
    .withPanel(
      rows(
        {
          title: "Targets",
          description: "Each service that is scraped. Up is 1 when its last scrape was answered, 0 when it was not.",
          width: 12,
        },
        { host: "Host", role: "Role", instance: "Address" },
        [
          {
            expression: `sum by (host, role, instance) (up{${AT}})`,
            head: "Up",
            unit: "none",
          },
          {
            expression: `sum by (host, role, instance) (scrape_duration_seconds{${AT}})`,
            head: "Scrape",
            unit: "s",
          },
        ],
      ),
    )
    .withRow(new dashboard.RowBuilder("Links"))
    .withPanel(
      lines(
        {
          title: "Throughput against rate",
          description:
            "Bits per second that left each direction, including frame headers; dashed: the configured rate, absent if unlimited. At the dashed line the link is full.",
          unit: "bps",
          width: 12,
        },
        [
          [SENT_BITS, PER_DIRECTION],
          [RATE, `${PER_DIRECTION} configured`],
        ],
      ),
    )
    .withPanel(
      bars(
        {
          title: "Utilisation",
          description:
            "Throughput divided by the configured rate, over the last few seconds. Above 90 % a queue stands; links without a rate are not shown.",
          unit: "percentunit",
          width: 12,
        },
        [[`${SENT_BITS} / (${RATE})`, PER_DIRECTION]],
        { max: 1, warnAbove: 0.9 },
      ),
    )
    .withPanel(linkQueue(AT))
    .withPanel(linkLosses(AT))
    .withPanel(
      lines(
        {
          title: "Delay configured",
          description:
            "One-way propagation delay of each direction. It steps when `topology set` changes a link; a mark shows the moment.",
          unit: "s",
          width: 12,
        },
        [[`rttlab_link_configured_delay_seconds{${AT}}`, PER_DIRECTION]],
      ),
    )
    .withPanel(
      rows(
        {
          title: "Link settings",
          description: "The current settings of each direction. Rate and queue are empty if the rate is unlimited.",
          width: 12,
        },
        { link: "Link", direction: "Direction" },
        [
          { expression: byDirection("rttlab_link_configured_delay_seconds"), head: "Delay", unit: "s" },
          { expression: byDirection("rttlab_link_configured_loss_ratio"), head: "Loss", unit: "percentunit" },
          {
            expression: `8 * ${byDirection("rttlab_link_configured_rate_bytes_per_second")}`,
            head: "Rate",
            unit: "bps",
          },
          { expression: byDirection("rttlab_link_configured_queue_packets"), head: "Queue, packets", unit: "none" },
        ],
      ),
    )
    .withRow(new dashboard.RowBuilder("Containers"))
    .withPanel(
      lines(
        {
          title: "CPU",
          description:
            "Processor time of each container: 100 % is one busy core. A link near that measures itself, not the path; of a generator, Load shows whether it is late.",
          unit: "percentunit",
          width: 12,
        },
        [[`rate(rttlab_container_cpu_seconds_total{${AT}}[$__rate_interval])`, "{{host}}"]],
      ),
    )
    .withPanel(
      lines(
        {
          title: "Memory",
          description: "Memory of each container, without reclaimable page cache.",
          unit: "bytes",
          width: 12,
        },
        [[`rttlab_container_memory_bytes{${AT}}`, "{{host}}"]],
      ),
    )
    .withPanel(
      bars(
        {
          title: "Memory against limit",
          description: "Memory of each container as a share of its limit; at 1 the kernel ends it.",
          unit: "percentunit",
          width: 12,
        },
        [[`rttlab_container_memory_bytes{${AT}} / rttlab_container_memory_limit_bytes{${AT}}`, "{{host}}"]],
        { max: 1, warnAbove: 0.8 },
      ),
    )
    .withPanel(
      lines(
        {
          title: "Network of containers",
          description: "Bits per second through all interfaces of a container, including the management network's.",
          unit: "bps",
          width: 12,
        },
        [
          [`8 * rate(rttlab_container_network_received_bytes_total{${AT}}[$__rate_interval])`, "{{host}} in"],
          [`8 * rate(rttlab_container_network_sent_bytes_total{${AT}}[$__rate_interval])`, "{{host}} out"],
        ],
      ),
    )
    .build();
}

function byDirection(metric: string): string {
  return `max by (link, direction) (${metric}{${AT}})`;
}
