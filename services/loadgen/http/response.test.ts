import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { AnswerError } from "../answer-reader.ts";
import { ResponseReader } from "./response.ts";
import { SeenHead } from "./seen-head.ts";

/** Reads `pieces`, then the end of the connection if `ends`; returns the rest as text. */
function read(pieces: readonly string[], ends = false): { reader: ResponseReader; left: string } {
  const reader = new ResponseReader();
  reader.begin();
  let left = "";
  for (const piece of pieces) {
    const bytes = Buffer.from(piece, "latin1");
    left += bytes.subarray(reader.feed(bytes)).toString("latin1");
  }
  if (ends) reader.end();
  return { reader, left };
}

function refuses(text: string, kind: "malformed" | "short", ends = false): void {
  assert.throws(
    () => read([text], ends),
    (error) => error instanceof AnswerError && error.kind === kind,
    JSON.stringify(text),
  );
}

const SIZED = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
const CHUNKED =
  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;a=b\r\n world\r\n0\r\nX: y\r\n\r\n";
const CLOSED = "HTTP/1.0 200 OK\r\n\r\nhello";

describe("reading a response", () => {
  it("takes the body that Content-Length gives and leaves what follows", () => {
    const { reader, left } = read([`${SIZED}HTTP/1.1`]);
    assert.deepEqual([reader.complete, reader.bodyBytes, reader.persistent, left], [true, 5, true, "HTTP/1.1"]);
  });

  it("takes chunks with extensions and trailers", () => {
    const { reader, left } = read([`${CHUNKED}rest`]);
    assert.deepEqual([reader.complete, reader.bodyBytes, reader.persistent, left], [true, 11, true, "rest"]);
  });

  it("takes a body that only the end of the connection ends, which does not persist", () => {
    const { reader } = read([CLOSED], true);
    assert.deepEqual([reader.complete, reader.bodyBytes, reader.persistent], [true, 5, false]);
  });

  it("persists by version and by the Connection field, close winning", () => {
    const persists = (version: string, connection: string) =>
      read([`HTTP/${version} 200 OK\r\nContent-Length: 0\r\n${connection}\r\n`]).reader.persistent;
    assert.equal(persists("1.1", ""), true);
    assert.equal(persists("1.0", ""), false);
    assert.equal(persists("1.0", "Connection: Keep-Alive\r\n"), true);
    assert.equal(persists("1.1", "Connection: keep-alive, close\r\n"), false);
  });

  it("passes over interim responses", () => {
    const { reader } = read([`HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n${SIZED}`]);
    assert.deepEqual([reader.status, reader.bodyBytes, reader.complete], [200, 5, true]);
  });

  it("expects no body after 204 and 304, whatever the fields say", () => {
    for (const status of [204, 304]) {
      const { reader, left } = read([`HTTP/1.1 ${status} x\r\nContent-Length: 5\r\n\r\nhello`]);
      assert.deepEqual([reader.complete, reader.bodyBytes, left], [true, 0, "hello"]);
    }
  });

  it("lets Transfer-Encoding override Content-Length, and does not persist then", () => {
    const { reader } = read([CHUNKED.replace("\r\n\r\n", "\r\nContent-Length: 3\r\n\r\n")]);
    assert.deepEqual([reader.complete, reader.bodyBytes, reader.persistent], [true, 11, false]);
  });

  it("joins a folded line to its field by spaces, and accepts a bare LF as the end of a line", () => {
    for (const ending of ["\n", "\r\n"]) {
      const lines = [
        "HTTP/1.1 200 OK",
        "X: a",
        "\tb",
        "Content-Length:",
        "  3",
        "Connection: x,",
        " close",
        "",
        "abcd",
      ];
      const { reader, left } = read([lines.join(ending)]);
      assert.deepEqual([reader.complete, reader.bodyBytes, reader.persistent, left], [true, 3, false, "d"]);
    }
  });

  it("expects no body of HEAD's response, and counts repeated equal lengths as one", () => {
    const reader = new ResponseReader();
    reader.begin(true);
    const head = Buffer.from("HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\nContent-Length: 5\r\n\r\n");
    assert.equal(reader.feed(head), head.length);
    assert.deepEqual([reader.complete, reader.bodyBytes, reader.persistent], [true, 0, true]);
  });

  it("holds no more than a head's worth, whatever a server sends", () => {
    for (const endless of ["HTTP/1.1 200 OK\r\n", "X: y\r\n", "a", " ", "\t\n", "1\r\na\r\n", "f;x=", "\r\n"]) {
      for (const begin of ["", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"]) {
        const reader = new ResponseReader();
        reader.begin();
        const piece = Buffer.from(endless.repeat(1000));
        const isOver = () => reader.complete;
        const feed = () => {
          reader.feed(Buffer.from(begin));
          for (let bytes = 0; bytes < 150_000 && !isOver(); bytes += piece.length) reader.feed(Buffer.from(piece));
        };
        // Either it is refused, or it is a body, or it is over; a body is not kept.
        try {
          feed();
          assert.ok(isOver() || reader.bodyBytes > 0, JSON.stringify([begin, endless]));
        } catch (error) {
          assert.ok(error instanceof AnswerError);
        }
      }
    }
  });

  it("calls any other bytes malformed or short, and never fails in another way", () => {
    const octets = fc.oneof(
      fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
      fc
        .array(
          fc.constantFrom(
            "HTTP/1.1 200 OK",
            "\r\n",
            "\n",
            "Content-Length: ",
            "5",
            "Transfer-Encoding: chunked",
            " ",
            "0",
            "x",
            "\r",
          ),
        )
        .map((parts) => Buffer.from(parts.join(""))),
    );
    fc.assert(
      fc.property(octets, fc.integer({ min: 1, max: 50 }), (bytes, step) => {
        const reader = new ResponseReader();
        reader.begin();
        try {
          for (let at = 0; at < bytes.length && !reader.complete; at += step)
            reader.feed(Buffer.from(bytes.subarray(at, at + step)));
          reader.end();
        } catch (error) {
          assert.ok(error instanceof AnswerError, String(error));
        }
      }),
    );
  });

  it("refuses what is not HTTP/1.x", () => {
    const head = "HTTP/1.1 200 OK\r\n";
    for (const text of [
      "SSH-2.0-OpenSSH\r\n",
      "HTTP/2 200\r\n",
      "HTTP/1.1 99 x\r\n",
      `${head}No colon\r\n\r\n`,
      `${head}Space : x\r\n\r\n`,
      `${head}X: a\rb\r\n\r\n`,
      `${head} folded\r\n\r\n`,
      `${head}Content-Length: 5, 6\r\n\r\n`,
      `${head}Content-Length: -1\r\n\r\n`,
      `${head}Content-Length: 0x5\r\n\r\n`,
      `${head}Transfer-Encoding: chunked\r\n\r\nG\r\n`,
      `${head}Transfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n`,
      `${head}X: ${"a".repeat(70_000)}\r\n`,
      "HTTP/1.1 101 Switching Protocols\r\n\r\n",
    ]) {
      refuses(text, "malformed");
    }
  });

  it("calls a response short when the connection ends within it", () => {
    for (const whole of [SIZED, CHUNKED]) {
      for (let length = 0; length < whole.length; length += 1) refuses(whole.slice(0, length), "short", true);
    }
  });

  it("reads the same however the bytes are split", () => {
    const framings = fc.constantFrom(SIZED, CHUNKED, CLOSED, `HTTP/1.1 100 Continue\r\n\r\n${SIZED}`);
    const cuts = fc.array(fc.nat(160), { maxLength: 40 });
    fc.assert(
      fc.property(framings, cuts, (text, at) => {
        const borders = [0, ...at.filter((cut) => cut < text.length).sort((a, b) => a - b), text.length];
        const pieces = borders.slice(1).map((border, index) => text.slice(borders[index], border));
        const whole = read([text], text === CLOSED).reader;
        const split = read(pieces, text === CLOSED).reader;
        assert.deepEqual(
          [split.status, split.bodyBytes, split.complete, split.persistent],
          [whole.status, whole.bodyBytes, whole.complete, whole.persistent],
        );
      }),
    );
  });

  it("reads a head that another reader has seen as one of its own", () => {
    const texts = [
      SIZED,
      SIZED.replace("200", "404"),
      SIZED.replace("5", "3"),
      SIZED.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"),
      CHUNKED,
      CLOSED,
      `HTTP/1.1 100 Continue\r\n\r\n${SIZED}`,
      "HTTP/1.1 204 x\r\nContent-Length: 5\r\n\r\n",
    ];
    const readings = fc.array(
      fc.record({ text: fc.constantFrom(...texts), step: fc.integer({ min: 1, max: 120 }), isHead: fc.boolean() }),
      { maxLength: 12 },
    );
    const outcomeOf = (reader: ResponseReader, text: string, step: number, isHead: boolean) => {
      reader.begin(isHead);
      let taken = 0;
      for (let at = 0; at < text.length && !reader.complete; at += step) {
        const piece = Buffer.from(text.slice(at, at + step), "latin1");
        taken += reader.feed(piece);
      }
      return [taken, reader.status, reader.bodyBytes, reader.complete, reader.persistent, reader.interims];
    };
    fc.assert(
      fc.property(readings, (all) => {
        const seen = new SeenHead();
        for (const { text, step, isHead } of all)
          assert.deepEqual(
            outcomeOf(new ResponseReader(seen), text, step, isHead),
            outcomeOf(new ResponseReader(), text, step, isHead),
          );
      }),
    );
  });

  it("counts chunked bodies of any shape", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 5000 }), { maxLength: 20 }),
        fc.integer({ min: 1, max: 700 }),
        (sizes, step) => {
          const body = sizes.map((size) => `${size.toString(16).toUpperCase()}\r\n${"x".repeat(size)}\r\n`).join("");
          const text = `HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n${body}0\r\n\r\n`;
          const pieces = Array.from({ length: Math.ceil(text.length / step) }, (_, i) =>
            text.slice(i * step, (i + 1) * step),
          );
          const { reader } = read(pieces);
          assert.equal(reader.complete, true);
          assert.equal(
            reader.bodyBytes,
            sizes.reduce((sum, size) => sum + size, 0),
          );
        },
      ),
    );
  });
});
