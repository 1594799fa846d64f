"""Servers of Python's standard library, as peers: socketserver and http.server with a thread or a
process for each connection, at most so many, and asyncio's streams. HTTP or echo.

    serve.py CONFIGURATION    a file of JSON, made by topology/roles/peers/python.ts
"""

import asyncio
import http.server
import json
import os
import signal
import socket
import socketserver
import sys
import threading

READ_BYTES = 65536


def main(path):
    with open(path) as file:
        settings = json.load(file)
    # A process that is first in its container has no default for signals.
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    if settings["structure"] == "asyncio":
        asyncio.run(serve_async(settings))
    else:
        serve_blocking(settings)


def serve_blocking(settings):
    handler = {"http": files_handler, "echo": echo_handler}[settings["protocol"]](settings)
    mixin = {"threading": bounded_threads, "forking": bounded_processes}[settings["structure"]](settings["limit"])
    base = http.server.HTTPServer if settings["protocol"] == "http" else socketserver.TCPServer

    class Server(mixin, base):
        request_queue_size = settings["backlog"]
        allow_reuse_address = True

        def server_bind(self):
            # HTTPServer's own asks a resolver for its name.
            socketserver.TCPServer.server_bind(self)
            self.server_name, self.server_port = self.server_address

        def handle_error(self, request, client_address):
            pass  # a client that is gone or late is no error of the server

    Server((settings["address"], settings["port"]), handler).serve_forever()


def bounded_threads(limit):
    """socketserver starts as many threads as there are connections; the pool's size is a bound here."""
    free = threading.BoundedSemaphore(limit)

    class Bounded(socketserver.ThreadingMixIn):
        daemon_threads = True
        block_on_close = False

        def process_request(self, request, client_address):
            free.acquire()
            super().process_request(request, client_address)

        def process_request_thread(self, request, client_address):
            try:
                super().process_request_thread(request, client_address)
            finally:
                free.release()

    return Bounded


def bounded_processes(limit):
    class Bounded(socketserver.ForkingMixIn):
        max_children = limit
        block_on_close = False

    return Bounded


def files_handler(settings):
    class Files(http.server.SimpleHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        # The head and the content leave in as few segments as they can.
        wbufsize = READ_BYTES
        timeout = settings["headSeconds"]

        def __init__(self, *words):
            super().__init__(*words, directory=settings["root"])

        def handle_one_request(self):
            super().handle_one_request()
            self.connection.settimeout(settings["idleSeconds"])

        def parse_request(self):
            self.connection.settimeout(settings["headSeconds"])
            parsed = super().parse_request()
            self.connection.settimeout(settings["writeSeconds"])
            return parsed

        def log_message(self, *words):
            pass

    return Files


def echo_handler(settings):
    class Echo(socketserver.BaseRequestHandler):
        def handle(self):
            self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.request.settimeout(settings["idleSeconds"])
            while octets := self.request.recv(READ_BYTES):
                self.request.sendall(octets)

    return Echo


async def serve_async(settings):
    serve = {"http": serve_files, "echo": serve_echo}[settings["protocol"]]
    free = asyncio.Semaphore(settings["limit"])

    async def connected(reader, writer):
        writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            async with free:
                await serve(reader, writer, settings)
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(
        connected, settings["address"], settings["port"], backlog=settings["backlog"], limit=READ_BYTES
    )
    await server.serve_forever()


async def serve_echo(reader, writer, settings):
    while octets := await within(settings["idleSeconds"], reader.read(READ_BYTES)):
        writer.write(octets)
        await within(settings["writeSeconds"], writer.drain())


async def serve_files(reader, writer, settings):
    """GET and HEAD of files, which is all that http.server does; asyncio has no server of HTTP."""
    patience = settings["headSeconds"]
    while True:
        first = await within(patience, reader.read(1))
        if not first:
            return
        head = first + await within(settings["headSeconds"], reader.readuntil(b"\r\n\r\n"))
        patience = settings["idleSeconds"]
        request, *lines = head.decode("latin-1").split("\r\n")
        words = request.split(" ")
        if len(words) != 3:
            await answer(writer, settings, "400 Bad Request", None, False)
            return
        method, target, version = words
        fields = dict(line.lower().split(":", 1) for line in lines if ":" in line)
        asked = fields.get("connection", "").strip()
        stays = asked != "close" if version == "HTTP/1.1" else asked == "keep-alive"
        file = open_file(settings["root"], target) if method in ("GET", "HEAD") else None
        status = "501 Not Implemented" if method not in ("GET", "HEAD") else "200 OK" if file else "404 Not Found"
        # Content that may follow is not read.
        stays = stays and method in ("GET", "HEAD")
        await answer(writer, settings, status, file, stays, method == "GET")
        if not stays:
            return


async def answer(writer, settings, status, file, stays, with_content=False):
    length = os.fstat(file.fileno()).st_size if file else 0
    connection = "keep-alive" if stays else "close"
    head = f"HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: {connection}\r\n\r\n".encode()
    if file is None:
        writer.write(head)
    else:
        with file:
            if not with_content:
                writer.write(head)
            elif length <= READ_BYTES:
                writer.write(head + file.read())
            else:
                writer.write(head)
                await within_progress(settings["writeSeconds"], writer, file, length)
    await within(settings["writeSeconds"], writer.drain())


async def within_progress(seconds, writer, file, length):
    """sendfile(2) in pieces, each with the time-out of a write."""
    loop = asyncio.get_running_loop()
    await within(seconds, writer.drain())
    for offset in range(0, length, 1 << 20):
        await within(seconds, loop.sendfile(writer.transport, file, offset, min(1 << 20, length - offset)))


def open_file(root, target):
    path = os.path.realpath(os.path.join(root, target.split("?")[0].lstrip("/")))
    if os.path.isdir(path):
        path = os.path.join(path, "index.html")
    try:
        return open(path, "rb") if path.startswith(root + "/") else None
    except OSError:
        return None


async def within(seconds, work):
    async with asyncio.timeout(seconds):
        return await work


main(sys.argv[1])
