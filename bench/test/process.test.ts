import { describe, expect, it } from "vitest";
import { runNode } from "../lib/process.mjs";

describe("runNode", () => {
  it("gives the output and a time that contains the whole process", async () => {
    const script =
      'const end = performance.now() + 30; while (performance.now() < end); console.log("done")';
    const { stdout, elapsedMs } = await runNode(["-e", script]);
    expect(stdout).toBe("done\n");
    expect(elapsedMs).toBeGreaterThan(30);
  });

  it("passes its input to the process", async () => {
    const { stdout } = await runNode(["-e", "process.stdin.pipe(process.stdout)"], {
      input: "given",
    });
    expect(stdout).toBe("given");
  });

  it("fails with the process's complaint instead of timing a failure", async () => {
    const failing = runNode(["-e", 'console.error("out of order"); process.exitCode = 3']);
    await expect(failing).rejects.toThrow(/ended with 3: out of order/);
  });

  it("names the signal that ended the process", async () => {
    const killed = runNode(["-e", 'process.kill(process.pid, "SIGKILL")']);
    await expect(killed).rejects.toThrow(/ended with SIGKILL/);
  });
});
