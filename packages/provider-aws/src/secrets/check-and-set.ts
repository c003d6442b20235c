import { errorName } from "../errors/classify.js";
import { describeSecret, type Description } from "./describe.js";
import { conflict } from "./failures.js";
import { isPossibleVersionId } from "./version-id.js";
import { newVersionId, putValue, recover, type WritePort, type Writing } from "./writing.js";

/** Label of the version that a check-and-set wrote last; one label for all, since a secret may have 20. */
export const stagingLabel = "kinko-staged";

/**
 * Writes a version if, and only if, another one is current. AWS has no conditional write, but it
 * moves a label only away from the version that the request names and refuses otherwise
 * (`UpdateSecretVersionStage`, `RemoveFromVersionId`). So the value is first added where nobody reads
 * it, and then AWSCURRENT is moved to it from the version that was expected, which at most one of
 * many writers can do.
 *
 * A writer that loses leaves a version that nobody can reach but by its id: AWS removes single
 * versions by itself alone, and the history leaves it out (see `history.ts`). The description is
 * asked for first, so that this happens in a true race only.
 *
 * @returns the new version
 * @throws ConflictError
 */
export async function checkAndSet(
  port: WritePort,
  writing: Writing,
  expected: string,
): Promise<string> {
  const { client } = port;
  const { name, signal } = writing;
  if (!isPossibleVersionId(expected)) throw conflict();
  const before = await describeSecret(client, name, signal);
  if (before === "absent") throw conflict();
  if (before !== "denied") await prepare(port, writing, before, expected);

  const version = newVersionId(port, writing, expected);
  await putValue(port, writing, version, stagingLabel);
  try {
    await client.call(signal, (sdk, options) =>
      sdk.updateSecretVersionStage(
        {
          SecretId: name,
          VersionStage: "AWSCURRENT",
          MoveToVersionId: version,
          RemoveFromVersionId: expected,
        },
        options,
      ),
    );
    return version;
  } catch (error) {
    if (!signal.aborted) await unstage(port, writing, version);
    if (!refusals.has(errorName(error) ?? "")) throw error;
    const after = await describeSecret(client, name, signal);
    if (typeof after === "object" && after.current === version) return version;
    throw typeof after === "object" && after.current === expected ? error : conflict();
  }
}

/** How AWS says that a label is not where the request takes it to be. */
const refusals: ReadonlySet<string> = new Set([
  "InvalidParameterException",
  "InvalidRequestException",
  "ResourceNotFoundException",
  "ValidationException",
]);

async function prepare(
  port: WritePort,
  writing: Writing,
  before: Description,
  expected: string,
): Promise<void> {
  if (before.current !== expected) throw conflict();
  if (before.deleted) await recover(port, writing);
}

/** Lets AWS remove the version in time; it keeps what carries a label. */
async function unstage(port: WritePort, { name, signal }: Writing, version: string): Promise<void> {
  try {
    await port.client.call(signal, (sdk, options) =>
      sdk.updateSecretVersionStage(
        { SecretId: name, VersionStage: stagingLabel, RemoveFromVersionId: version },
        options,
      ),
    );
  } catch {
    // The next writer took the label already, or AWS cannot be reached; the label harms nobody.
  }
}
