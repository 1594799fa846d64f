// Looks for ways around the links: sends everything that an unprivileged process can send over the
// management network, from every source and interface that it can choose, and collects whatever is
// received.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { execIn } from "./engine.ts";

const TCP_PORT = 5001;
const UDP_PORT = 5002;
const GROUP = "239.1.2.3";
/**
 * Received by everybody near, including the sender. A network also has a broadcast address of its
 * own.
 */
export const TO_MANY = [GROUP, "224.0.0.1", "255.255.255.255"];
/** Finally sent by the receiver's own host to it. */
const END = "end";
const UNBOUND = "-";

/**
 * Listens on every address and in multicast groups of the interface with `address`; `heard` returns
 * everything received until then.
 */
export async function listen(container: string, address: string): Promise<{ heard(): Promise<string[]> }> {
  const child = spawn("docker", ["exec", container, "perl", "-e", RECEIVE, address, GROUP]);
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout }).on("line", (line) => lines.push(line));
  const closed = once(reader, "close");
  await Promise.race([once(reader, "line"), closed]);
  if (lines.shift() !== "listening") throw new Error(`no receiver in ${container}`);
  return {
    async heard() {
      await execIn(container, "perl", "-e", SEND_END);
      await closed;
      return [...new Set(lines)].sort();
    },
  };
}

/**
 * Tries each target by UDP, TCP and ICMP from each of the addresses, bound to each of the
 * interfaces; bound to "", the routes decide. Resolves to a line per answer.
 */
export async function tryAll(
  container: string,
  devices: readonly string[],
  sources: readonly string[],
  targets: readonly string[],
): Promise<string[]> {
  const words = [devices.map((device) => device || UNBOUND).join(" "), sources.join(" "), ...targets];
  const [sent, pinged] = await Promise.all([
    execIn(container, "perl", "-e", SEND, "--", ...words),
    execIn(container, "sh", "-c", PING, "sh", devices.filter(Boolean).join(" "), ...targets),
  ]);
  return `${sent.output}${pinged.output}`.split("\n").filter(Boolean).sort();
}

const RECEIVE = `use Socket; $| = 1; my ($address, $group) = @ARGV;
socket(U, PF_INET, SOCK_DGRAM, 0); bind(U, sockaddr_in(${UDP_PORT}, INADDR_ANY)) or die $!;
setsockopt(U, 0, 35, inet_aton($group) . inet_aton($address)) or die $!;
socket(T, PF_INET, SOCK_STREAM, 0); setsockopt(T, SOL_SOCKET, SO_REUSEADDR, 1);
bind(T, sockaddr_in(${TCP_PORT}, INADDR_ANY)) or die $!; listen(T, 50); print "listening\\n";
while (1) { my $r = ""; vec($r, fileno(U), 1) = 1; vec($r, fileno(T), 1) = 1; select($r, undef, undef, undef);
  if (vec($r, fileno(T), 1)) { my $peer = accept(C, T); close C; my (undef, $ip) = sockaddr_in($peer); print "tcp from ", inet_ntoa($ip), "\\n"; next }
  recv(U, my $said, 2000, 0); last if $said eq "${END}"; print "udp $said\\n" }`;

const SEND_END = `use Socket; socket(U, PF_INET, SOCK_DGRAM, 0); send(U, "${END}", 0, sockaddr_in(${UDP_PORT}, INADDR_LOOPBACK));`;

/**
 * 25 is SO_BINDTODEVICE, which needs no rights; 32 is IP_MULTICAST_IF. Half a second is 5000 round
 * trips of this network.
 */
const SEND = `use Socket; use Fcntl; my ($devices, $sources, @targets) = @ARGV; my @waiting;
for my $bound (map { $_ eq "${UNBOUND}" ? "" : $_ } split / /, $devices) { for my $source (split / /, $sources) { for my $target (@targets) {
  my $ready = sub { my ($s) = @_; setsockopt($s, SOL_SOCKET, 25, "$bound\\0") if $bound; setsockopt($s, SOL_SOCKET, SO_BROADCAST, 1);
    bind($s, sockaddr_in(0, inet_aton($source))) };
  socket(my $u, PF_INET, SOCK_DGRAM, 0); $ready->($u); setsockopt($u, 0, 32, inet_aton($source));
  send($u, "from $source to $target" . ($bound ? " bound" : ""), 0, sockaddr_in(${UDP_PORT}, inet_aton($target)));
  for my $port (${TCP_PORT}, 9100, 80, 9090) { socket(my $t, PF_INET, SOCK_STREAM, 0); $ready->($t); fcntl($t, F_SETFL, O_NONBLOCK);
    connect($t, sockaddr_in($port, inet_aton($target))); push @waiting, [$t, "connected from $source to $target:$port" . ($bound ? " bound" : "")] }
}}}
select(undef, undef, undef, 0.5);
for (@waiting) { my ($t, $text) = @$_; print "$text\\n" if getpeername($t) }`;

const PING = `devices=$1; shift
for target; do
  { ping -c 1 -W 1 "$target" >/dev/null 2>&1 && echo "$target answered a ping"; } &
  for device in $devices; do
    { ping -c 1 -W 1 -I "$device" "$target" >/dev/null 2>&1 && echo "$target answered a ping bound"; } &
  done
done
wait`;
