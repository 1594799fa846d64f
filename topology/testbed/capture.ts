// A capture at the ends of a link. tcpdump runs in the link's container, on whose kernel both ends
// are, so that all of its times are of one clock. A guest's frames are seen as they come in and not
// as they leave (docs/link.md). It ends with its input, and so with its client.
// Both ends go into one file: its packets have the index of their interface (LINKTYPE_LINUX_SLL2).

import { open } from "node:fs/promises";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { type Problem, RttlabError } from "../../lib/errors.ts";
import { execute, executeHeard } from "../apply/exec.ts";
import { dockerName } from "../plan/names.ts";
import { type CaptureWish, readCaptureWords } from "./capture-words.ts";
import { printed, request, type Testbed } from "./testbed.ts";
import { wholeRecords } from "./whole-records.ts";

export interface Captured {
  packets: number;
  bytes: number;
  /** Packets that tcpdump had no time for. */
  dropped: number;
  endedBy: "time" | "size" | "interrupt";
  /** Of each network that the file has packets of, the index of the link's interface there. */
  interfaces: Readonly<Record<string, number>>;
}

/** A subshell reads, for the shell itself waits for tcpdump. It holds no output open. */
const UNTIL_INPUT_ENDS = `exec 3<&0; tcpdump "$@" & capture=$!
{ read -r end; kill $capture; } <&3 >/dev/null 2>&1 & wait $capture`;
const PLAINLY = ["-Z", "root", "-p", "-n", "-U", "--immediate-mode", "-B", "16384", "--time-stamp-precision=nano"];

/**
 * Captures until a bound is reached or `signal` aborts; the file is whole then, and at any moment.
 * `onBegin` is called when packets are seen. Throws E_BAD_CAPTURE with every problem of the words
 * and of the file before anything is written.
 */
export async function captureLink(
  testbed: Testbed,
  link: string,
  { file, words }: { file: string; words: readonly string[] },
  signal: AbortSignal,
  onBegin: (wish: CaptureWish) => void = () => {},
): Promise<Captured> {
  const { legs, interfaces } = await request(testbed, link, "link.status", {});
  const networks = legs.map(({ network }) => network);
  const { wish, problems } = readCaptureWords(words, networks);
  const seen = networks.flatMap((network, at) =>
    wish.on === "both" || wish.on === network ? [{ network, interface: interfaces[at] as string }] : [],
  );
  const indices = await indicesOf(testbed, link, interfaces);
  const chosen = seen.map((each) => [each.network, indices.get(each.interface) as number] as const);
  const where = seen.length === 1 ? ["-i", seen[0]?.interface ?? ""] : ["-i", "any", "-y", "LINUX_SLL2"];
  const wrong = [...problems, ...(await filterProblems(testbed, link, where, wish.filter))];
  const refuse = (problems: Problem[]) =>
    new RttlabError("E_BAD_CAPTURE", `capturing on ${link}: nothing was captured`, { problems });
  if (wrong.length > 0) throw refuse(wrong);
  const opened = await open(file, "w").catch((cause: Error) => {
    throw refuse([{ path: file, message: cause.message, allowed: "a file that can be written" }]);
  });
  await using output = opened;

  const ofInterfaces = `(${chosen.map(([, index]) => `ifindex ${index}`).join(" or ")})`;
  const filters = [...(seen.length === 1 ? [] : [ofInterfaces]), ...(wish.filter === "" ? [] : [`(${wish.filter})`])];
  const command = ["sh", "-c", UNTIL_INPUT_ENDS, "sh", ...where, ...PLAINLY, "-w", "-", filters.join(" and ")];
  const [input, capture, errors] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const said = text(errors);
  let endedBy: Captured["endedBy"] | null = null;
  const end = (by: Captured["endedBy"]) => {
    endedBy ??= by;
    // Before tcpdump listens it would end without a word, and so without the file's header.
    if (timer !== undefined) input.end();
  };
  let timer: NodeJS.Timeout | undefined;
  const interrupt = () => end("interrupt");
  signal.addEventListener("abort", interrupt, { once: true });
  if (signal.aborted) interrupt();
  errors.on("data", (piece: Buffer) => {
    if (timer !== undefined || !piece.includes("listening on")) return;
    timer = setTimeout(end, wish.seconds * 1000, "time");
    if (endedBy === null) onBegin(wish);
    else input.end();
  });
  const records = wholeRecords(wish.bytes);
  const written = (async () => {
    for await (const piece of capture) {
      await output.write(records.take(piece));
      if (records.isFull()) end("size");
    }
  })();
  written.catch(() => end("interrupt")); // reported below
  try {
    await execute(testbed.engine, dockerName(testbed.scenario, link), command, { input, output: capture, errors });
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", interrupt);
    capture.end();
    errors.end();
  }
  await written;
  if (endedBy === null)
    throw new RttlabError("E_CAPTURE", `capturing on ${link}: tcpdump ended: ${(await said).trim()}`);
  const [, dropped = "0"] = /(\d+) packets? dropped by kernel/.exec(await said) ?? [];
  const counts = { packets: records.packets(), bytes: records.bytes(), dropped: Number(dropped) };
  return { ...counts, endedBy, interfaces: Object.fromEntries(chosen) };
}

async function indicesOf(
  testbed: Testbed,
  link: string,
  interfaces: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const files = interfaces.map((name) => `/sys/class/net/${name}/ifindex`);
  const lines = (await printed(testbed, link, ["cat", ...files])).trim().split("\n");
  return new Map(interfaces.map((name, at) => [name, Number(lines[at])]));
}

/** tcpdump itself says whether a filter is one, by translating it. */
async function filterProblems(
  testbed: Testbed,
  link: string,
  where: readonly string[],
  filter: string,
): Promise<Problem[]> {
  if (filter === "") return [];
  const command = ["tcpdump", "-Z", "root", ...where, "-d", filter];
  const { status, said } = await executeHeard(testbed.engine, dockerName(testbed.scenario, link), command);
  const message = said.split("\n").at(-1) ?? "";
  return status === 0 ? [] : [{ code: "E_BAD_VALUE", path: "filter", message, allowed: "a filter by pcap-filter(7)" }];
}
