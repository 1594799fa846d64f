// The used part of what `tc -s -j qdisc show` and `tc -j filter show` print (iproute2 6.1 to 6.15).

export interface QdiscReport {
  kind: string;
  dev: string;
  /** True for a device's root qdisc; an ingress qdisc has a `parent` instead. */
  root?: boolean;
  /** `1:` if a handle was given, `0:` for a qdisc of the kernel's choice. */
  handle: string;
  /** The class of the qdisc above it, such as `1:1`. */
  parent?: string;
  options?: Record<string, unknown>;
  bytes: number;
  packets: number;
  drops: number;
  /** Marks of an AQM (ECN), by the name that each kind of qdisc has for it; cake's by tin. */
  ecn_mark?: number;
  marked?: number;
  ce_mark?: number;
  tins?: { ecn_mark?: number }[];
  /** Bytes and packets waiting. */
  backlog: number;
  qlen: number;
}

interface FilterReport {
  protocol?: string;
  options?: { match?: { mask: string }; actions?: { kind: string; mirred_action?: string; to_dev?: string }[] };
}

export function parseQdiscs(text: string): QdiscReport[] {
  return JSON.parse(text) as QdiscReport[];
}

/** The root qdisc of a device, or undefined. */
export function rootOf(qdiscs: readonly QdiscReport[], device: string): QdiscReport | undefined {
  return qdiscs.find(({ dev, root }) => dev === device && root === true);
}

/** Packets that the qdiscs of a device marked: a token bucket has its AQM below it. */
export function marksOn(qdiscs: readonly QdiscReport[], device: string): number {
  const own = qdiscs.filter(({ dev }) => dev === device);
  return own
    .flatMap((qdisc) => [qdisc.ecn_mark, qdisc.marked, qdisc.ce_mark, ...(qdisc.tins ?? []).map((tin) => tin.ecn_mark)])
    .reduce<number>((sum, count) => sum + (count ?? 0), 0);
}

/** Whether a device has an ingress qdisc. */
export function hasIngress(qdiscs: readonly QdiscReport[], device: string): boolean {
  return qdiscs.some(({ dev, kind }) => dev === device && kind === "ingress");
}

/** The devices to which filters that match every IPv4 packet redirect. */
export function redirectTargets(text: string): string[] {
  const filters = (text.trim() === "" ? [] : JSON.parse(text)) as FilterReport[];
  return filters
    .filter(({ protocol, options }) => protocol === "ip" && options?.match?.mask === "0")
    .flatMap(({ options }) => options?.actions ?? [])
    .flatMap(({ kind, mirred_action, to_dev }) =>
      kind === "mirred" && mirred_action === "redirect" && to_dev !== undefined ? [to_dev] : [],
    );
}
