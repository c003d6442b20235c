// `pnpm demo`: Kinko in one minute. It needs no server and asks nothing; every command is run as it
// is shown, in a temporary folder that is removed at the end.
import { copyFileSync, existsSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Shell, StepError } from "./lib/shell.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const startMs = performance.now();
const require = createRequire(import.meta.url);
const manifest = require.resolve("@kinko/cli/package.json");
const kinko = join(dirname(manifest), require(manifest).bin.kinko);
if (!existsSync(kinko)) {
  console.error("The demo runs what is built, and nothing is. Run: pnpm build");
  process.exit(1);
}

const shell = new Shell({ kinko });
for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
  process.once(signal, () => {
    shell.close();
    process.exit(130);
  });
}

try {
  await demonstrate();
  const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
  heading(`Done in ${seconds} s; the folder of this demo is removed.`);
} catch (error) {
  if (!(error instanceof StepError)) throw error;
  console.error(`\nThe demo failed: ${error.message}`);
  process.exitCode = 1;
} finally {
  shell.close();
}

async function demonstrate() {
  heading("1. A store on this machine: one encrypted file, and the key apart from it");
  await shell.run("kinko init", { prints: /kinko\.config\.yaml/ });
  await shell.run("cat kinko.config.yaml", { prints: /^provider: local$/m });

  heading("2. Write and read. Values come from stdin or a prompt, and are masked");
  await shell.run("echo shop | kinko set shop/database#user");
  await shell.run("echo db.example | kinko set shop/database#host");
  await shell.run("head -c 18 /dev/urandom | base64 | kinko set shop/database#password");
  await shell.run("kinko get shop/database#password", { prints: /masked/ });
  const first = await shell.run("kinko get shop/database#password --reveal", {
    prints: /^\S{24}$/m,
  });
  await shell.run("kinko list", { prints: /^shop\/database$/m });

  heading("3. Rotate: a new version; the old one stays readable");
  await shell.run("head -c 18 /dev/urandom | base64 | kinko set shop/database#password");
  const second = await shell.run("kinko get shop/database#password --reveal");
  check(second !== first, "the rotated password is a new one");
  const old = await shell.run("kinko get shop/database#password@3 --reveal");
  check(old === first, "version 3 still has the first password");
  await shell.run("kinko versions shop/database", { prints: /^4 +enabled +yes/m });

  heading("4. A write that expects an older version changes nothing");
  await shell.run("echo late | kinko set shop/database#password --if-version 3", {
    exitCode: 9,
    prints: /code: Conflict/,
  });
  check(
    (await shell.run("kinko get shop/database#password --reveal")) === second,
    "the password is as it was",
  );

  heading("5. Give a program its secrets as environment variables");
  await shell.run(
    `kinko run --prefix shop -- sh -c 'echo "$DATABASE_USER has a password of \${#DATABASE_PASSWORD} characters"'`,
    { prints: /^shop has a password of 24 characters$/m },
  );
  await shell.run("kinko run --prefix shop -- sh -c 'exit 7'", { exitCode: 7 });

  await sameApplication();
  await decision();
}

async function sameApplication() {
  heading("6. The same application on two stores: only the config differs");
  const reads = /^connecting to (\S+) as shop, with a password of 24 bytes$/m;
  await shell.run("kinko init --config other.yaml -o file=other.age", { prints: /other\.yaml/ });
  await shell.run(
    `echo '{"user":"shop","host":"other.example","password":"twenty-four-bytes-of-it!"}' | kinko set --config other.yaml shop/database --kind json`,
  );
  // A link, so that Node finds the packages where the file really is.
  symlinkSync(join(here, "app.mjs"), join(shell.folder, "app.mjs"));
  await shell.run("cat app.mjs", { prints: /openStore/ });
  const one = await shell.run("node app.mjs", { prints: reads });
  const two = await shell.run("KINKO_CONFIG=other.yaml node app.mjs", { prints: reads });
  check(reads.exec(one)?.[1] === "db.example", "the first config led to the first store");
  check(reads.exec(two)?.[1] === "other.example", "the second config led to the second store");
  console.log(
    "\nMoving to HashiCorp Vault is the same one line: `provider: vault`, or KINKO_PROVIDER=vault.\n" +
      "examples/switching does it, and its test compares the output with that of a real Vault.",
  );
}

async function decision() {
  heading("7. Is an own Vault worth it? The verdict, with its evidence");
  copyFileSync(join(here, "profile.yaml"), join(shell.folder, "profile.yaml"));
  await shell.run("cat profile.yaml");
  await shell.run("kinko decide --profile profile.yaml", { prints: /64 names listed/ });
  await shell.run("kinko decide --profile profile.yaml --md --output decision.md");
  await shell.run("head -5 decision.md", { prints: /Verdict: \*\*Adopt\*\*/ });
  await shell.run("kinko decide --profile profile.yaml --check decision.md");
  await shell.run(
    "kinko decide --profile profile.yaml -a secretCount=12 -a needsDynamicSecrets=false --check decision.md",
    { exitCode: 1, prints: /no longer holds/ },
  );
}

/** @param {string} text */
function heading(text) {
  console.log(`\n${"=".repeat(Math.min(text.length, 100))}\n${text}`);
}

/**
 * @param {boolean} holds
 * @param {string} claim
 */
function check(holds, claim) {
  if (!holds) throw new StepError(`it does not hold that ${claim}.`);
  console.log(`-> ${claim}`);
}
