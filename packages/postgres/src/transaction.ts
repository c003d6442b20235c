import { ConfigError, ConflictError } from "@kinko/core";
import type { PoolClient } from "pg";

/** How a transaction runs; what is left out is as the database has it. */
export interface TransactionOptions {
  readonly isolation?: "read committed" | "repeatable read" | "serializable" | undefined;
  readonly readOnly?: boolean | undefined;
  /** For long read-only serializable ones: wait for a moment without conflicts. */
  readonly deferrable?: boolean | undefined;
}

const isolations: Readonly<Record<string, string>> = {
  "read committed": " ISOLATION LEVEL READ COMMITTED",
  "repeatable read": " ISOLATION LEVEL REPEATABLE READ",
  serializable: " ISOLATION LEVEL SERIALIZABLE",
};

/** @throws ConfigError */
export function beginStatement(options: TransactionOptions): string {
  const { isolation, readOnly, deferrable } = options;
  if (isolation !== undefined && !Object.hasOwn(isolations, isolation)) {
    throw new ConfigError("There is no such isolation level.", {
      operation: "transaction",
      reason: "unknown-isolation",
      field: "isolation",
      advice: `Give one of: ${Object.keys(isolations).join(", ")}.`,
    });
  }
  return [
    "BEGIN",
    isolation === undefined ? "" : isolations[isolation],
    readOnly === undefined ? "" : readOnly ? " READ ONLY" : " READ WRITE",
    deferrable === undefined ? "" : deferrable ? " DEFERRABLE" : " NOT DEFERRABLE",
  ].join("");
}

/** Runs `work` in a transaction, and gives the connection back; a doubtful one is not used again. */
export async function runTransaction<Result>(
  client: PoolClient,
  begin: string,
  work: (client: PoolClient) => Result | Promise<Result>,
): Promise<Result> {
  let reusable = false;
  try {
    await client.query(begin);
    let result: Result;
    try {
      result = await work(client);
    } catch (error) {
      reusable = await client.query("ROLLBACK").then(
        () => true,
        () => false,
      );
      throw error;
    }
    // After a failed statement the database answers COMMIT with a rollback, and with no error.
    const { command } = await client.query("COMMIT");
    reusable = true;
    if (command === "ROLLBACK") throw rolledBack();
    return result;
  } finally {
    client.release(!reusable);
  }
}

function rolledBack(): ConflictError {
  return new ConflictError("The transaction was rolled back: a statement in it had failed.", {
    operation: "transaction",
    reason: "rolled-back",
    advice: "Let errors of its statements out of the function, or use savepoints.",
  });
}
