// A really sealed Vault, on the real clock: when its attempts arrive, and what the breaker lets through.
import { mountKv, openVaultStore } from "../resilience-context.mjs";

/** @param {import("../resilience-context.mjs").Context} context */
export async function run(context) {
  const server = await context.servers.startStoredVault();
  /** @type {{ direction: string, bytes: number, atMs: number }[]} */
  const passed = [];
  const proxy = await context.faults.startFaultProxy({
    target: server.address,
    onPassed: (/** @type {typeof passed[number]} */ each) => void passed.push(each),
  });
  try {
    await mountKv(server);
    await server.request("POST", "kv/app", { value: "x" });
    const access = { address: proxy.address, token: server.rootToken };
    const store = await openVaultStore(context, access, { random: () => 0.5 });
    await server.seal();
    const code = await store.get("app").then(() => "ok", codeOf);
    if (code !== "Sealed") throw new Error(`A sealed Vault gave ${code}.`);
    // Others are the question what a 503 means, and the token's own upkeep.
    const sizeOfRead = passed[0]?.bytes;
    const [first = 0, ...later] = passed
      .filter(({ direction, bytes }) => direction === "to-server" && bytes === sizeOfRead)
      .map(({ atMs }) => atMs);
    await store.get("app").catch(codeOf);
    const before = proxy.stats.receivedFromClients;
    const codes = await Promise.all(
      Array.from({ length: 1_000 }, () => store.get("app").then(() => "ok", codeOf)),
    );
    await store.close();
    return [
      ...[1, 3, 7].map((seconds, index) => ({
        name: `sealed-attempt-${index + 2}-after-s`,
        value: ((later[index] ?? Number.NaN) - first) / 1_000,
        atLeast: seconds - 0.05,
        atMost: seconds + 0.25,
      })),
      { name: "sealed-attempts-of-a-call", value: 1 + later.length, atLeast: 4, atMost: 4 },
      {
        name: "breaker-open-1000-calls-bytes-sent",
        value: proxy.stats.receivedFromClients - before,
        atMost: 0,
      },
      {
        name: "breaker-open-circuit-open-errors",
        value: codes.filter((each) => each === "CircuitOpen").length,
        atLeast: 1_000,
      },
    ];
  } finally {
    await proxy.close();
    await server.stop();
  }
}

/** @param {any} error */
function codeOf(error) {
  return String(error?.code ?? error);
}
