import { readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createCanary, expectClean } from "@kinko/testing";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createBinHarness, type BinHarness } from "../support/bin.js";
import { keys, openTerminal } from "../support/terminal.js";

let cli: BinHarness;

beforeEach(async () => {
  cli = await createBinHarness();
});

afterEach(() => cli.remove());

async function revealed(ref: string): Promise<string> {
  return (await cli.kinko(["get", ref, "--reveal"])).stdout;
}

/** Tells the exit code, and whether the terminal echoes again. */
function thenTell(command: string): string {
  return `${command}; echo "code=$?"; stty -a | grep -oE -- '-?(echo|icanon|isig)( |$)' | tr -d '\\n'; echo .`;
}

/** Tells what a shell would read next. */
const tellWhatIsLeft = `bash -c 'read -r -t 0.5 left; echo "left=[$left]"'`;

describe("in a terminal", () => {
  test("set asks twice, without showing what is typed", async () => {
    const canary = createCanary();
    await cli.kinko(["init"]);
    const session = openTerminal(cli, thenTell("kinko set prod/app/db#password"));
    await session.waitFor("Value of prod/app/db#password");
    session.type(`${canary.value}${keys.enter}`);
    await session.waitFor("Once more");
    session.type(`${canary.value}${keys.enter}`);
    await session.waitFor("code=0");
    await session.ended;
    expectClean(session.shown, canary);
    expect(await revealed("prod/app/db#password")).toBe(canary.value);
  });

  test("answers that differ write nothing", async () => {
    await cli.kinko(["init"]);
    const session = openTerminal(cli, thenTell("kinko set a"));
    await session.waitFor("Value of a");
    session.type(`one${keys.enter}`);
    await session.waitFor("Once more");
    session.type(`two${keys.enter}`);
    await session.waitFor("code=2");
    await session.ended;
    expect((await cli.kinko(["get", "a"])).code).toBe(3);
  });

  test("a pasted text of several lines is refused, instead of keeping its last line", async () => {
    const canary = createCanary();
    await cli.kinko(["init"]);
    const session = openTerminal(cli, thenTell("kinko set a"));
    await session.waitFor("Value of a");
    session.type(`${canary.value}\n${canary.value}${keys.enter}`);
    await session.waitFor("several lines");
    await session.waitFor("code=2");
    await session.ended;
    expectClean(session.shown, canary);
    expect((await cli.kinko(["get", "a"])).code).toBe(3);
  });

  test("a pasted text whose lines end as Enter does is refused, and nothing of it reaches the shell", async () => {
    const canary = createCanary();
    await cli.kinko(["init"]);
    const pasted = [canary.value, canary.value, "x".repeat(6_000), "spilled", ""];
    const session = openTerminal(cli, `${thenTell("kinko set a")}; ${tellWhatIsLeft}`);
    await session.waitFor("Value of a");
    session.type(pasted.join(keys.enter));
    await session.waitFor("several lines");
    await session.waitFor("code=2");
    await session.waitFor("left=[]");
    await session.ended;
    expectClean(session.shown, canary);
    expect(session.shown).not.toContain("Once more");
    expect(session.shown).not.toMatch(/-(?:isig|icanon|echo)/u);
    expect((await cli.kinko(["get", "a"])).code).toBe(3);
  });

  test("Ctrl-C at a prompt exits 130, writes nothing and leaves the terminal as it was", async () => {
    await cli.kinko(["init"]);
    const session = openTerminal(cli, thenTell("kinko set a"));
    await session.waitFor("Value of a");
    session.type(`half${keys.interrupt}`);
    await session.waitFor("code=130");
    await session.waitFor(".");
    await session.ended;
    expect(session.shown).toMatch(/isig\s*icanon\s*echo/u);
    expect(session.shown).not.toMatch(/-(?:isig|icanon|echo)/u);
    expect((await cli.kinko(["get", "a"])).code).toBe(3);
  });

  test("rm names what goes; no is the default, yes goes ahead", async () => {
    await cli.kinko(["init"]);
    await cli.kinko(["set", "a"], { input: "x" });
    const declined = openTerminal(cli, thenTell("kinko rm a --purge"));
    await declined.waitFor("Remove for good a?");
    declined.type(keys.enter);
    await declined.waitFor("code=29");
    await declined.ended;
    expect(await revealed("a")).toBe("x");
    const accepted = openTerminal(cli, thenTell("kinko rm a --purge"));
    await accepted.waitFor("Remove for good a?");
    accepted.type("y");
    await accepted.waitFor("code=0");
    await accepted.ended;
    expect((await cli.kinko(["get", "a"])).code).toBe(3);
  });

  test("get masks, export and binary values are refused", async () => {
    const canary = createCanary();
    await cli.kinko(["init"]);
    await cli.kinko(["set", "p/a"], { input: canary.value });
    await cli.kinko(["set", "p/b", "--kind", "binary"], { input: canary.value });
    const command = "kinko get p/a; kinko export -p p; kinko get p/b --reveal; echo done";
    const session = openTerminal(cli, command);
    await session.waitFor("done");
    await session.ended;
    expect(session.shown).toContain("●●●●●●●●");
    expect(session.shown).toContain("reveal-needed");
    expect(session.shown).toContain("binary-to-terminal");
    expectClean(session.shown, canary);
  });

  test("init asks for a passphrase, and the store opens only with it", async () => {
    const canary = createCanary();
    const session = openTerminal(cli, thenTell("kinko init"));
    await session.waitFor("Passphrase for the identity file");
    session.type(`${canary.value}${keys.enter}`);
    await session.waitFor("Once more");
    session.type(`${canary.value}${keys.enter}`);
    await session.waitFor("code=0");
    await session.ended;
    expectClean(session.shown, canary);
    const without = await cli.kinko(["set", "a"], { input: "x" });
    expect(without.code).toBe(10);
    const env = { KINKO_PASSPHRASE: canary.value };
    expect((await cli.kinko(["set", "a"], { input: "x", env })).code).toBe(0);
    const wrong = await cli.kinko(["get", "a"], { env: { KINKO_PASSPHRASE: `${canary.value}!` } });
    expect(wrong.code).toBe(10);
    expectClean(wrong.stderr, canary);
  });

  test("init without a passphrase is one key press", async () => {
    const session = openTerminal(cli, thenTell("kinko init"));
    await session.waitFor("Passphrase for the identity file");
    session.type(keys.enter);
    await session.waitFor("code=0");
    await session.ended;
    expect((await stat(join(cli.directory, "kinko.config.yaml"))).isFile()).toBe(true);
  });

  test("edit keeps an edit that cannot be stored, and goes back to the editor", async () => {
    await cli.kinko(["init"]);
    await cli.kinko(["set", "db", "--kind", "json"], { input: '{"a":"old"}' });
    const editor = join(cli.directory, "editor.sh");
    // The first time it leaves broken JSON, the second time it repairs what it finds.
    await writeFile(
      editor,
      `#!/bin/sh\nif grep -q broken "$1"; then printf '{"a":"new"}' > "$1"; else printf '{broken' > "$1"; fi\n`,
      { mode: 0o755 },
    );
    const session = openTerminal(cli, thenTell("kinko edit db"), { EDITOR: editor });
    await session.waitFor("The edit cannot be stored as it is");
    session.type(keys.enter);
    await session.waitFor("code=0");
    await session.ended;
    expect(await revealed("db#a")).toBe("new");
    expect((await readdir("/dev/shm")).filter((name) => name.startsWith("kinko-edit-"))).toEqual(
      [],
    );
  });

  test("edit keeps an edit that the store refuses, and goes back to the editor", async () => {
    await cli.kinko(["init"]);
    await cli.kinko(["set", "a"], { input: "old" });
    const editor = join(cli.directory, "editor.sh");
    await writeFile(
      editor,
      `#!/bin/sh\nif [ -e ${cli.directory}/seen ]; then printf small > "$1"; else touch ${cli.directory}/seen; head -c 2000000 /dev/zero | tr '\\0' x > "$1"; fi\n`,
      { mode: 0o755 },
    );
    const session = openTerminal(cli, thenTell("kinko edit a"), { EDITOR: editor });
    await session.waitFor("The edit could not be written");
    session.type(keys.enter);
    await session.waitFor("code=0");
    await session.ended;
    expect(await revealed("a")).toBe("small");
  });

  test("edit asks what to do when somebody else changed the secret meanwhile", async () => {
    await cli.kinko(["init"]);
    await cli.kinko(["set", "a"], { input: "old" });
    const editor = join(cli.directory, "editor.sh");
    await writeFile(
      editor,
      '#!/bin/sh\nprintf "theirs $(date +%N)" | kinko set a -q\nprintf mine > "$1"\n',
      { mode: 0o755 },
    );
    const dropped = openTerminal(cli, thenTell("kinko edit a"), { EDITOR: editor });
    await dropped.waitFor("Somebody else changed the secret");
    dropped.type(`${keys.down}${keys.down}${keys.enter}`);
    await dropped.waitFor("code=29");
    await dropped.ended;
    expect(await revealed("a")).toMatch(/^theirs/u);
    const overwritten = openTerminal(cli, thenTell("kinko edit a"), { EDITOR: editor });
    await overwritten.waitFor("Somebody else changed the secret");
    overwritten.type(`${keys.down}${keys.enter}`);
    await overwritten.waitFor("code=0");
    await overwritten.ended;
    expect(await revealed("a")).toBe("mine");
  });

  test("decide asks its questions, any of which may stay open", async () => {
    const session = openTerminal(cli, thenTell("kinko decide"));
    await session.waitFor("How many secrets are there?");
    session.type(`120${keys.enter}`);
    await session.waitFor("How many environments are there?");
    session.type(keys.enter);
    await session.waitFor("How many people develop the project?");
    session.type(`9${keys.enter}`);
    await session.waitFor("Do you need dynamic secrets?");
    session.type(`${keys.down}${keys.enter}`);
    const rest = [
      "strict audit",
      "several clouds",
      "compliance duties",
      "plain environment variables",
      "capacity for operations",
      "on premises",
      "clouds are in use",
      "runs the applications",
      "applications be changed",
      "short-lived jobs",
      "node failures",
      "Enterprise licensed",
      "Consul storage",
    ];
    for (const question of rest) {
      await session.waitFor(question);
      session.type(keys.enter);
    }
    await session.waitFor("Verdict: adopt");
    await session.waitFor("code=0");
    await session.ended;
  });
});
