# Changes qdiscs at given times, on the clock of the kernel that has them, so that no delay of a
# request gets in:
#
#   play.pl FILE RESULT [PROGRAM ARGUMENT...]
#
# FILE has a line for each step: milliseconds from the start, then commands of tc, all separated by
# tabs. `kick DEVICE` among them has its qdisc look whether the next packet may leave, once the
# others are done: tbf looks when it is time at the rate before, or when a packet comes. RESULT is
# whole when it is there: a line for each step that was played, with the milliseconds at which it
# was due, began and had ended, and the exit status. SIGTERM ends it after the step under way. The
# program, `tc -batch -` unless given, is started ahead of each step and waits for its commands,
# because starting one takes a guest 20 ms.
use strict;
use warnings;
use POSIX ();

my $CLOCK_GETTIME = { x86_64 => 228, aarch64 => 113 }->{ (POSIX::uname())[4] } or die "no number of clock_gettime is known here\n";
use constant { MONOTONIC => 1, AF_PACKET => 17, SOCK_RAW => 3, EXPERIMENTAL => 0x88B5 };

my ($file, $result, @program) = @ARGV;
@program = ("tc", "-batch", "-") unless @program;
open(my $timeline, "<", $file) or die "opening $file: $!\n";

my $is_over = 0;
$SIG{TERM} = sub { $is_over = 1 };
$SIG{PIPE} = "IGNORE";
my $start;
my @played;
while (defined(my $step = <$timeline>)) {    # one at a time: a guest has little memory
  chomp $step;
  my ($due, @commands) = split /\t/, $step;
  my $pid = open(my $program, "|-", @program) or die "starting $program[0]: $!\n";
  if (!defined $start) {    # time for the first program to start
    select undef, undef, undef, 0.05;
    $start = now();
  }
  until ($is_over) {
    my $left = $due / 1000 - (now() - $start);
    last if $left <= 0;
    select undef, undef, undef, $left;
  }
  if ($is_over) { close $program; last }
  my $began = now();
  print $program map { "$_\n" } grep { !/^kick / } @commands;
  close $program;
  my $status = $? >> 8;
  kick($_) for map { /^kick (\S+)$/ } @commands;
  push @played, sprintf "%s %.3f %.3f %d\n", $due, ($began - $start) * 1000, (now() - $start) * 1000, $status;
  last if $status;
}
open(my $out, ">", "$result.part") or die "opening $result.part: $!\n";
print $out @played;
close $out;
rename "$result.part", $result or die "renaming $result.part: $!\n";

# A frame of the device to itself, of a type that nobody listens to (IEEE 802, local experimental),
# which no bridge sends on: it is at the port where it came from.
sub kick {
  my ($device) = @_;
  my ($index, $address) = map { read_line("/sys/class/net/$device/$_") } "ifindex", "address";
  my $mac = pack "H2" x 6, split /:/, $address;
  socket(my $socket, AF_PACKET, SOCK_RAW, 0) or die "packet socket: $!\n";
  my $to = pack "S n i S C C a8", AF_PACKET, EXPERIMENTAL, $index, 0, 0, length $mac, $mac;
  send($socket, $mac . $mac . pack("n", EXPERIMENTAL) . "\0" x 46, 0, $to);    # a full queue takes none, but looks
  close $socket;
}

sub read_line {
  my ($file) = @_;
  open(my $in, "<", $file) or die "opening $file: $!\n";
  chomp(my $line = <$in>);
  return $line;
}

sub now {
  my $time = "\0" x 16;
  syscall($CLOCK_GETTIME, MONOTONIC, $time);
  my ($seconds, $nanoseconds) = unpack "qq", $time;
  return $seconds + $nanoseconds / 1e9;
}
