// Testbed: whether everything is there, what the links carry against their settings, what the
// containers use.

import * as dashboard from "@grafana/grafana-foundation-sdk/dashboard";
import { frame } from "./frame.ts";
import { linkLosses, linkQueue } from "./links.ts";
import { bars, lines, numbers, rows } from "./panels.ts";

const AT = 'scenario="$scenario", host=~"$host"';
const SENT_BITS = `8 * rate(rttlab_link_sent_bytes_total{${AT}}[$__rate_interval])`;
const RATE = `rttlab_link_configured_rate_bits_per_second{${AT}}`;
const PER_DIRECTION = "{{link}} {{direction}}";

export function testbed(): dashboard.Dashboard {
  return frame({
    name: "testbed",
    title: "Testbed",
    description: "Is it all there, what do the links carry, what do the containers take.",
    hostsOf: "up",
  })
    .withRow(new dashboard.RowBuilder("What is there"))
    .withPanel(
      numbers(
        {
          title: "Targets up",
          description:
            "How many of the services that Prometheus asks have answered at the last scrape. Fewer up than there are: the table beside names the one that is gone.",
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
            "Bits a second that left each direction, frames and headers counted; dashed: the configured rate, absent where it is not limited. At the dashed line the link is full.",
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
            "Throughput by configured rate, over the last few seconds. Above 90 % a queue stands; links without a rate are not here.",
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
          title: "Links as they are set",
          description: "What each direction is set to now. Rate and queue are empty where the rate is not limited.",
          width: 12,
        },
        { link: "Link", direction: "Direction" },
        [
          { expression: byDirection("rttlab_link_configured_delay_seconds"), head: "Delay", unit: "s" },
          { expression: byDirection("rttlab_link_configured_loss_ratio"), head: "Loss", unit: "percentunit" },
          {
            expression: byDirection("rttlab_link_configured_rate_bits_per_second"),
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
            "Processor time that each container takes: 100 % is one core busy. A link or a generator near that measures itself, not the path.",
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
          description: "Memory that each container holds, page cache that can be given back left out.",
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
          description: "Share of its limit that each container holds; at 1 the kernel ends it.",
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
          description: "Bits a second through all interfaces of a container, the management network's included.",
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
