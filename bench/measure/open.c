/* The least that an open load on epoll can do: what `npm run bench loadgen open` compares the
 * lateness of requests with. Arrivals are Poisson; each takes a free connection, or waits in order
 * until there is one. A request is late by the time from when it was due to when the program turns
 * to it. Answers are as long as the first. epoll_pwait2(2).
 *
 *   open PORT PATH CONNECTIONS RATE WARMUP SECONDS
 *
 * prints how many arrived in the seconds, and the p99 of their lateness in microseconds.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <math.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { EVENTS = 256, MOST_CONNECTIONS = 1024, REQUEST_BYTES = 1024, READ_BYTES = 65536 };

static char request[REQUEST_BYTES], octets[READ_BYTES];
static int request_length, answer_length;
static int idle[MOST_CONNECTIONS], idle_count;
static int remaining[MOST_CONNECTIONS * 4]; /* of the answer, by descriptor */

static void fail(const char *attempt) {
  fprintf(stderr, "%s: %s\n", attempt, strerror(errno));
  exit(1);
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

static int dial(int port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;
  if (fd < 0 || fd >= MOST_CONNECTIONS * 4) fail("making a socket");
  if (connect(fd, (struct sockaddr *)&address, sizeof address) < 0) fail("connecting");
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return fd;
}

/* The first answer tells how long each is: it is there when nothing more comes for a while. */
static void learn_length(int port) {
  int fd = dial(port);
  struct timeval patience = {.tv_usec = 200000};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  if (write(fd, request, request_length) != request_length) fail("asking");
  for (int length; (length = read(fd, octets, READ_BYTES)) > 0;) answer_length += length;
  if (answer_length == 0) fail("learning the length of an answer");
  close(fd);
}

static void ask(int fd) {
  remaining[fd] = answer_length;
  if (write(fd, request, request_length) != request_length) fail("asking");
}

static void take(int fd) {
  int length = read(fd, octets, READ_BYTES);
  if (length <= 0) fail("reading an answer");
  if ((remaining[fd] -= length) == 0) idle[idle_count++] = fd;
}

static int by_size(const void *one, const void *other) {
  double difference = *(const double *)one - *(const double *)other;
  return (difference > 0) - (difference < 0);
}

int main(int count, char **words) {
  if (count != 7) return 2;
  int port = atoi(words[1]), connections = atoi(words[3]);
  double rate = atof(words[4]), warmup = atof(words[5]), seconds = atof(words[6]);
  if (connections < 1 || connections > MOST_CONNECTIONS || rate <= 0) return 2;
  request_length = snprintf(request, REQUEST_BYTES, "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", words[2]);
  learn_length(port);
  int epoll = epoll_create1(0);
  for (int at = 0; at < connections; at++) {
    struct epoll_event event = {.events = EPOLLIN, .data.fd = dial(port)};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, event.data.fd, &event) < 0) fail("watching a socket");
    idle[idle_count++] = event.data.fd;
  }
  long most = (long)(rate * (warmup + seconds) * 1.5) + 1000, arrived = 0, waiting = 0;
  double *late = malloc(most * sizeof *late);
  double begin = now(), counted = begin + warmup, end = counted + seconds, due = begin;
  srand48(1);
  while (due < end) {
    double at = now();
    for (; due <= at && due < end && arrived < most; due += -log(1 - drand48()) / rate) {
      if (due >= counted) late[arrived++] = at - due;
      waiting++;
      at = now();
    }
    for (; waiting > 0 && idle_count > 0; waiting--) ask(idle[--idle_count]);
    double pause = due - now();
    struct timespec timeout = {0};
    if (pause > 0) timeout = (struct timespec){.tv_sec = (time_t)pause, .tv_nsec = (long)(fmod(pause, 1) * 1e9)};
    struct epoll_event events[EVENTS];
    int ready = epoll_pwait2(epoll, events, EVENTS, &timeout, NULL);
    if (ready < 0) fail("waiting");
    for (int each = 0; each < ready; each++) take(events[each].data.fd);
  }
  qsort(late, arrived, sizeof *late, by_size);
  printf("%ld %.0f\n", arrived, 1e6 * late[(long)(arrived * 0.99)]);
  return 0;
}
