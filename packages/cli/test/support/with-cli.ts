import { afterEach, beforeEach } from "vitest";
import { createHarness, type CliHarness } from "./cli.js";

/** A fresh harness for every test of the file; the object itself stays the same. */
export function withCli(): CliHarness {
  let current: CliHarness | undefined;
  const here = (): CliHarness => {
    if (current === undefined) throw new Error("The harness exists only while a test runs.");
    return current;
  };
  beforeEach(async () => {
    current = await createHarness();
  });
  afterEach(async () => {
    await current?.remove();
    current = undefined;
  });
  return {
    get directory() {
      return here().directory;
    },
    get memory() {
      return here().memory;
    },
    get clock() {
      return here().clock;
    },
    run: (argv, options) => here().run(argv, options),
    remove: () => here().remove(),
  };
}
