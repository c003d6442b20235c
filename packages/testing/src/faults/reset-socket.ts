import type { Socket } from "node:net";

/**
 * Ends a socket in the way that the other side sees as a reset.
 *
 * One that is just ending its side is reset when it has: the system refuses before, and Node then
 * lets go of the socket without closing it, so that neither side would ever hear of it again.
 */
export function resetSocket(socket: Socket): void {
  if (socket.connecting) socket.destroy();
  else if (socket.writableEnded && !socket.writableFinished) {
    socket.once("finish", () => socket.resetAndDestroy());
  } else socket.resetAndDestroy();
}
