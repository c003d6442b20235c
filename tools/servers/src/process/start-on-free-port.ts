import { ServerStartError } from "../errors.js";
import { freePort } from "./free-port.js";
import { sweepOnce } from "./sweep-once.js";

/** What a server says when its port was taken between choosing and listening. */
const portTaken = /address already in use/i;

/**
 * Starts a server on a free port, and again on another one when somebody else took the port first.
 *
 * @param start has to leave nothing behind when it rejects
 */
export async function startOnFreePort<T>(
  start: (port: number) => Promise<T>,
  attempts = 3,
): Promise<T> {
  await sweepOnce();
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start(await freePort());
    } catch (error) {
      const again =
        error instanceof ServerStartError && portTaken.test(error.message) && attempt < attempts;
      if (!again) throw error;
    }
  }
}
