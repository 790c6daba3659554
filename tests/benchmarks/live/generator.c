/* Subscribers: holds many graphql-transport-ws sockets in one thread and counts what arrives (Linux, epoll).
 *
 * generator PORT SHARED REQUESTS AT_ONCE PACE (connects a second at most): REQUESTS holds, for each socket, an HTTP upgrade, a connection_init and a
 * subscribe, ready to be sent. SHARED is a file of the layout below, which generator.py maps too.
 *
 * An event carries its number as "n": NUMBER. Socket i expects FIRST + i % STEP, then every STEP-th: a number again or
 * out of order, a number left out, and a number that is another's are counted apart, so exactly once is checked for
 * each socket. Numbers below FIRST are of an earlier measurement. Latency is from times[number], written by whoever publishes, to the read (both CLOCK_MONOTONIC).
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { TIMES = 1 << 20, SAMPLE = 1 << 17, BUCKETS = 80000, FINE = 20000, READ = 1 << 18, PER_ADDRESS = 8000 };

typedef struct {
  uint64_t sockets, acked, hearing, received, bytes, again, stale, missed, foreign, odd, closed, close_code, shortest, longest;
  int64_t began_at, acked_at;
  uint64_t command, done, first, step, sample_bytes; /* a new command starts the counts anew */
  char sample[SAMPLE], trouble[1024];
  uint64_t latency[BUCKETS]; /* FINE of 50 us, then of 1 ms */
  int64_t times[TIMES];
} Shared;

enum { UPGRADING, INITIALISING, SUBSCRIBED, CLOSED };

typedef struct {
  char *text[3]; /* what is said in each state */
  uint32_t length[3];
  int fd, state, heard;
  int64_t last;
  char *rest; /* the begin of a frame whose end has not come */
  size_t kept;
} Socket;

static Shared *shared;
static Socket *sockets;
static uint32_t count, opened;
static int poller, port;
static size_t place; /* where the number stood in the last frame: the next one is likely to have it there */
static char buffer[READ * 2];

static int64_t now(void) {
  struct timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  return at.tv_sec * 1000000000LL + at.tv_nsec;
}

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static void trouble(const char *text, size_t length) {
  if (!shared->trouble[0]) memcpy(shared->trouble, text, length < 1023 ? length : 1023);
}

static void say(Socket *one, const char *text, size_t length) {
  if (send(one->fd, text, length, MSG_NOSIGNAL) != (ssize_t)length) trouble("a short write", 13);
}

static void lose(Socket *one, int code) {
  if (one->state == CLOSED) return;
  one->state = CLOSED;
  shared->closed++;
  if (code) shared->close_code = (uint64_t)code;
  close(one->fd);
}

static void join(uint32_t index) {
  Socket *one = &sockets[index];
  struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK + index / PER_ADDRESS)};
  struct sockaddr_in there = {
      .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int on = 1;
  if ((one->fd = socket(AF_INET, SOCK_STREAM, 0)) < 0) fail("socket");
  setsockopt(one->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  setsockopt(one->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (bind(one->fd, (struct sockaddr *)&here, sizeof here)) fail("bind");
  if (connect(one->fd, (struct sockaddr *)&there, sizeof there)) fail("connect");
  fcntl(one->fd, F_SETFL, O_NONBLOCK);
  struct epoll_event wish = {.events = EPOLLIN, .data.u32 = index};
  if (epoll_ctl(poller, EPOLL_CTL_ADD, one->fd, &wish)) fail("epoll_ctl");
  say(one, one->text[UPGRADING], one->length[UPGRADING]);
}

static void take(Socket *one, const char *text, const char *digits, size_t length, int64_t at) {
  int64_t number = 0;
  if (*digits == ' ') digits++;
  if (*digits == '"') digits++;
  while (*digits >= '0' && *digits <= '9') number = number * 10 + (*digits++ - '0');
  if (!one->heard) {
    one->heard = 1;
    shared->hearing++;
  }
  if (number < (int64_t)shared->first) { /* of an earlier measurement */
    shared->stale++;
    return;
  }
  if (number <= one->last) {
    shared->again++;
    return;
  }
  int64_t ahead = number - one->last, step = (int64_t)shared->step;
  one->last = number;
  if (ahead % step) shared->foreign++;
  else shared->missed += (uint64_t)(ahead / step - 1);
  if (!shared->sample_bytes) memcpy(shared->sample, text, shared->sample_bytes = length < SAMPLE ? length : SAMPLE);
  if (length < shared->shortest) shared->shortest = length;
  if (length > shared->longest) shared->longest = length;
  shared->received++;
  shared->bytes += length;
  int64_t took = at - shared->times[number % TIMES];
  uint64_t slot = took < 0 ? 0 : (uint64_t)took / 50000;
  if (slot >= FINE) slot = FINE - FINE / 20 + slot / 20;
  shared->latency[slot < BUCKETS ? slot : BUCKETS - 1]++;
}

static void text_frame(Socket *one, const char *text, size_t length, int64_t at) {
  const char *found = NULL;
  if (length > place + 4 && !memcmp(text + place, "\"n\":", 4)) found = text + place;
  else if ((found = memmem(text, length, "\"n\":", 4))) place = (size_t)(found - text);
  if (found) {
    take(one, text, found + 4, length, at);
  } else if (one->state == INITIALISING && memmem(text, length, "connection_ack", 14)) {
    one->state = SUBSCRIBED;
    say(one, one->text[SUBSCRIBED], one->length[SUBSCRIBED]);
    if (++shared->acked == count) shared->acked_at = at;
  } else if (memmem(text, length, "\"ping\"", 6)) {
    say(one, "\x81\x8f\0\0\0\0{\"type\":\"pong\"}", 21);
  } else {
    shared->odd++;
    trouble(text, length);
  }
}

static void frame(Socket *one, unsigned char head, const char *text, size_t length, int64_t at) {
  char pong[131] = {(char)0x8a, (char)(0x80 | length)};
  switch (head) {
    case 0x81: text_frame(one, text, length, at); break;
    case 0x88:
      trouble(text + 2, length > 2 ? length - 2 : 0);
      lose(one, length >= 2 ? (unsigned char)text[0] << 8 | (unsigned char)text[1] : 1005);
      break;
    case 0x89:
      memcpy(pong + 6, text, length & 127);
      say(one, pong, 6 + (length & 127));
      break;
    case 0x8a: break;
    default: shared->odd++; trouble("a frame that is no whole, plain text", 36);
  }
}

/* The bytes of the whole frames in data. */
static size_t frames(Socket *one, const char *data, size_t length, int64_t at) {
  size_t from = 0;
  while (one->state != CLOSED && length - from >= 2) {
    const unsigned char *head = (const unsigned char *)data + from;
    size_t long_ = head[1] & 127, prefix = long_ == 126 ? 4 : long_ == 127 ? 10 : 2;
    if (length - from < prefix) break;
    if (prefix == 4) long_ = (size_t)head[2] << 8 | head[3];
    if (prefix == 10) long_ = (size_t)head[6] << 24 | (size_t)head[7] << 16 | (size_t)head[8] << 8 | head[9];
    if (length - from < prefix + long_) break;
    frame(one, head[0], (const char *)head + prefix, long_, at);
    from += prefix + long_;
  }
  return from;
}

static void hear(Socket *one) {
  memcpy(buffer, one->rest, one->kept);
  ssize_t got = recv(one->fd, buffer + one->kept, READ, 0);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (got <= 0) {
    lose(one, 1006);
    return;
  }
  size_t length = one->kept + (size_t)got, from = 0;
  int64_t at = now();
  if (one->state == UPGRADING) {
    char *end = memmem(buffer, length, "\r\n\r\n", 4);
    if (end) {
      if (memcmp(buffer, "HTTP/1.1 101", 12)) {
        trouble(buffer, length);
        lose(one, 0);
        return;
      }
      from = (size_t)(end - buffer) + 4;
      one->state = INITIALISING;
      say(one, one->text[INITIALISING], one->length[INITIALISING]);
    }
  }
  if (one->state != UPGRADING) from += frames(one, buffer + from, length - from, at);
  if (one->state == CLOSED) return;
  one->kept = length - from;
  if (one->kept > READ) fail("a frame too long");
  if (one->kept) memcpy(one->rest = realloc(one->rest, one->kept), buffer + from, one->kept);
}

static void obey(void) {
  uint64_t command = __atomic_load_n(&shared->command, __ATOMIC_ACQUIRE);
  if (!command || shared->done == command) return;
  for (uint32_t i = 0; i < count; i++)
    sockets[i].last = (int64_t)(shared->first + i % shared->step) - (int64_t)shared->step;
  shared->received = shared->bytes = shared->again = shared->stale = shared->missed = shared->foreign = shared->odd = 0;
  shared->sample_bytes = shared->longest = 0;
  shared->shortest = UINT64_MAX;
  memset(shared->latency, 0, sizeof shared->latency);
  __atomic_store_n(&shared->done, command, __ATOMIC_RELEASE);
}

static void load(const char *path) {
  FILE *file = fopen(path, "rb");
  if (!file || fread(&count, 4, 1, file) != 1 || !count) fail(path);
  sockets = calloc(count, sizeof *sockets);
  for (uint32_t i = 0; i < count; i++)
    for (int part = 0; part < 3; part++) {
      if (fread(&sockets[i].length[part], 4, 1, file) != 1) fail(path);
      sockets[i].text[part] = malloc(sockets[i].length[part]);
      if (fread(sockets[i].text[part], 1, sockets[i].length[part], file) != sockets[i].length[part]) fail(path);
    }
  fclose(file);
}

int main(int given, char **words) {
  if (given != 6) return 2;
  int file = open(words[2], O_RDWR);
  shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (file < 0 || shared == MAP_FAILED) fail(words[2]);
  port = atoi(words[1]);
  uint32_t at_once = (uint32_t)atoi(words[4]), pace = (uint32_t)atoi(words[5]);
  load(words[3]);
  poller = epoll_create1(0);
  for (uint32_t i = 0; i < count; i++)
    sockets[i].last = (int64_t)(shared->first + i % shared->step) - (int64_t)shared->step;
  shared->shortest = UINT64_MAX;
  shared->began_at = now();
  shared->sockets = count;
  struct epoll_event ready[512];
  for (;;) {
    int64_t due = 1 + (now() - shared->began_at) / 1000 * pace / 1000000;
    while (opened < count && opened < due && opened - shared->acked - shared->closed < at_once) join(opened++);
    int found = epoll_wait(poller, ready, 512, 5);
    for (int i = 0; i < found; i++)
      if (sockets[ready[i].data.u32].state != CLOSED) hear(&sockets[ready[i].data.u32]);
    obey();
  }
}
