// One end of a transfer over udx-native, the transport that a Node program would take from npm:
// `udx-end.ts send|take OWN PEER BYTES`. udx has no set-up, so each end receives the other's
// address. The sender's clock starts when the other end is known to be there, stops when that end
// confirms everything, and is printed in seconds.

import { lookup } from "node:dns/promises";
import { setInterval } from "node:timers/promises";
import UDX from "udx-native";

const PORT = 4200;
const STREAM = 1;
const ASK_MILLIS = 50;

const [role, own = "", peer = "", bytes] = process.argv.slice(2);
const [ownAddress, peerAddress] = await Promise.all([addressOf(own), addressOf(peer)]);
const udx = new UDX();
const socket = udx.createSocket();
socket.bind(PORT, ownAddress);
const stream = udx.createStream(STREAM);
stream.on("error", () => process.exit(1));
await (role === "send" ? send(Number(bytes)) : take(Number(bytes)));
process.exit();

async function send(bytes: number): Promise<void> {
  await peerIsThere();
  const beganMillis = performance.now();
  stream.connect(socket, STREAM, PORT, peerAddress);
  stream.write(Buffer.alloc(bytes));
  await new Promise((resolve) => stream.once("data", resolve));
  process.stdout.write(`${(performance.now() - beganMillis) / 1000}\n`);
  stream.end();
  await new Promise((resolve) => stream.once("close", resolve));
}

async function take(bytes: number): Promise<void> {
  socket.on("message", () => socket.trySend(Buffer.from("here"), PORT, peerAddress));
  stream.connect(socket, STREAM, PORT, peerAddress);
  let received = 0;
  for await (const chunk of stream) {
    received += (chunk as Buffer).length;
    if (received === bytes) stream.end("1");
  }
}

async function peerIsThere(): Promise<void> {
  let isThere = false;
  socket.on("message", () => {
    isThere = true;
  });
  for await (const _ of setInterval(ASK_MILLIS)) {
    if (isThere) return;
    socket.trySend(Buffer.from("there?"), PORT, peerAddress);
  }
}

async function addressOf(host: string): Promise<string> {
  return (await lookup(host, { family: 4 })).address;
}
