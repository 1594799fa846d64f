// The management network below IP: which frames of other members arrive at a member's interface,
// whatever their protocol, including frames that need all rights to send, to each member's hardware
// address and to everybody.

import type { ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { startBounded } from "./child.ts";

export interface Frames {
  /** Sends ARP, IPv6 and frames of an unknown protocol to each of the others and to all at once. */
  send(): Promise<void>;
  /** Waits for a frame of a non-member, then returns the members' frames received until then. */
  seen(): Promise<string[]>;
}

/**
 * Watches the interface `device` of a container from a container of `image` beside it. `others`:
 * hardware addresses of the other members.
 */
export async function watchFrames(
  { container, device, image, scenario }: { container: string; device: string; image: string; scenario: string },
  others: readonly string[],
): Promise<Frames> {
  const place = ["--network", `container:${container}`, "--label", `rttlab.scenario=${scenario}`];
  const rights = ["--user", "0", "--cap-drop", "ALL", "--cap-add", "NET_RAW"];
  const words = ["run", "-i", "--rm", ...place, ...rights, image, "perl", "-e", WATCH, device, ...others];
  const child = startBounded("docker", words, { stdio: ["pipe", "pipe", "inherit"] }) as ChildProcessByStdio<
    Writable,
    Readable,
    null
  >;
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout }).on("line", (line) => lines.push(line));
  const closed = once(reader, "close");
  const said = async (text: string) => {
    while (!lines.includes(text)) {
      const more = await Promise.race([once(reader, "line"), closed.then(() => null)]);
      if (more === null && !lines.includes(text)) throw new Error(`frames of ${container}: it never said ${text}`);
    }
  };
  await said("watching");
  return {
    async send() {
      child.stdin.write("send\n");
      await said("sent");
    },
    async seen() {
      await said("a stranger's");
      child.stdin.end();
      await closed;
      return [...new Set(lines)].filter((line) => line.startsWith("from ")).sort();
    },
  };
}

/**
 * packet(7): 17 is AF_PACKET, 3 ETH_P_ALL, 4 PACKET_OUTGOING; 88b5 is for experiments (IEEE 802).
 * The IPv6 header is complete, because filtering bridges would drop it otherwise.
 */
const WATCH = `use Socket; use Fcntl; $| = 1; my ($device, @others) = @ARGV;
sub about { my ($name) = @_; open(my $file, "<", "/sys/class/net/$device/$name") or die $!; my $line = <$file>; chomp $line; $line }
sub octets { join "", map { chr hex } split /:/, $_[0] }
my $index = about("ifindex"); my $own = octets(about("address")); my %member = map { $_ => 1 } @others;
socket(my $s, 17, SOCK_RAW, unpack("S", pack("n", 3))) or die $!; bind($s, pack("S n i S C C a8", 17, 3, $index, 0, 0, 0, "")) or die $!;
my $six = octets("fe:80:0:0:0:0:0:0:0:0:0:0:0:0:0:1") . octets("ff:2:0:0:0:0:0:0:0:0:0:0:0:0:0:1");
my %body = ("0806" => pack("n n C C n a6 a4 a6 a4", 1, 0x800, 6, 4, 1, $own, "\\0" x 4, "\\0" x 6, "\\0" x 4),
  "86dd" => pack("N n C C", 0x60000000, 0, 59, 255) . $six, "88b5" => "");
print "watching\\n"; my $strangers = 0;
while (1) { my $r = ""; vec($r, fileno($s), 1) = 1; vec($r, fileno(STDIN), 1) = 1; select($r, undef, undef, undef);
  if (vec($r, fileno($s), 1)) { my $from = recv($s, my $frame, 2000, 0); next if (unpack("S n i S C", $from))[4] == 4;
    my ($to, $by, $type) = unpack("a6 a6 H4", $frame); ($to, $by) = map { join ":", unpack("(H2)6", $_) } $to, $by;
    if ($member{$by}) { print "from $by to $to, type $type\\n" } elsif (!$strangers++) { print "a stranger's\\n" } next }
  last unless sysread(STDIN, my $asked, 100);
  for my $to (@others, "ff:ff:ff:ff:ff:ff", "33:33:00:00:00:01", "01:00:5e:00:00:01") { for my $type (keys %body) {
    defined send($s, octets($to) . $own . pack("H4", $type) . $body{$type} . "\\0" x 46, 0) or die $! } }
  print "sent\\n" }`;
