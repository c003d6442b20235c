import { ServerUnavailableError } from "../errors.js";
import type { MotoEndpoint } from "./start.js";

/**
 * The moto that `KINKO_TEST_MOTO_URL` names, or undefined when it is not set. It has to be one with the
 * corrections of `moto/serve.py`, such as `pnpm servers start moto` starts. Tests write names of their
 * own in it and remove them.
 *
 * @throws ServerUnavailableError when the variable is set and no moto answers there
 */
export async function externalMoto(
  environment: NodeJS.ProcessEnv = process.env,
): Promise<MotoEndpoint | undefined> {
  const address = environment["KINKO_TEST_MOTO_URL"];
  if (address === undefined || address === "") return undefined;
  if (await isMoto(address)) return { address: address.replace(/\/$/, "") };
  throw new ServerUnavailableError(
    "No moto answers at the address in KINKO_TEST_MOTO_URL. Start it, or unset the variable.",
  );
}

/** Whether moto's own interface answers, beside the one of AWS. */
export async function isMoto(address: string): Promise<boolean> {
  if (!URL.canParse("/moto-api/data.json", address)) return false;
  try {
    const url = new URL("/moto-api/data.json", address);
    const response = await fetch(url, { signal: AbortSignal.timeout(5000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    // Not listening yet, or something else.
    return false;
  }
}
