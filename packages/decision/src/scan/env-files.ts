import type { Profile } from "../profile/values.js";
import { canonicalEnvironment } from "./environment-names.js";
import { evidenceLine, maxListed } from "./evidence.js";
import type { FoundFile } from "./walk.js";

/** Endings of files that list names without values. */
const templateEndings = new Set([
  "example",
  "sample",
  "template",
  "tpl",
  "tmpl",
  "dist",
  "defaults",
  "schema",
]);
/** Endings of files that are no list of plain variables: encrypted, keys, left by an editor. */
const foreignEndings = new Set(["vault", "keys", "enc", "encrypted", "bak", "backup", "swp"]);
/** A word that can be an environment's name. */
const environmentWord = /^[a-z0-9][a-z0-9_-]{0,49}$/;

/** What the name of an env file says. */
interface EnvFileKind {
  readonly template: boolean;
  /** Null for a plain `.env`. */
  readonly environment: string | null;
}

/** Reads an env file's name; undefined for any other file. */
export function envFileKind(name: string): EnvFileKind | undefined {
  if (name !== ".env" && !name.startsWith(".env.")) return undefined;
  const parts = name
    .slice(".env".length)
    .toLowerCase()
    .split(".")
    .filter((part) => part !== "");
  const template = parts.some((part) => templateEndings.has(part));
  if (parts.some((part) => foreignEndings.has(part))) return undefined;
  // `.env.production.local` is production as one machine sees it; `.env.local` is `.env` likewise.
  const named = parts.find((part) => {
    return !templateEndings.has(part) && part !== "local" && environmentWord.test(part);
  });
  return { template, environment: named === undefined ? null : canonicalEnvironment(named) };
}

const assignment = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_.-]*)\s*=\s*(.?)/;

/**
 * The names that an env file assigns, once each and in order.
 *
 * A reader of its own instead of a dotenv library, because such a library hands back the values and
 * this must never hold one: values are skipped, also those in quotes that span lines.
 */
export function envNames(text: string): string[] {
  const names = new Set<string>();
  let openQuote = "";
  for (const line of text.split(/\r\n|\n|\r/)) {
    if (openQuote !== "") {
      if (endsQuote(line, openQuote)) openQuote = "";
      continue;
    }
    const match = assignment.exec(line);
    if (match === null) continue;
    const [whole, name = "", quote = ""] = match;
    names.add(name);
    const quoted = quote === '"' || quote === "'" || quote === "`";
    if (quoted && !endsQuote(line.slice(whole.length), quote)) openQuote = quote;
  }
  return [...names];
}

/** Whether a quote is closed in `text`; only double quotes know an escape. */
function endsQuote(text: string, quote: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    if (text[index] === "\\" && quote === '"') index += 1;
    else if (text[index] === quote) return true;
  }
  return false;
}

/** Parts of names that hold secrets by convention. */
const secretParts =
  /(^|[_.-])(SECRETS?|TOKENS?|PASS|PASSWORD|PASSWD|PASSPHRASE|PWD|KEYS?|CREDENTIALS?|CREDS|AUTH|DSN|CERT|PEM|SALT|PEPPER|SEED|SIGNATURE|WEBHOOK|APIKEY|JWT|PAT|PIN)([_.-]|\d|$)/i;
/** Whole addresses that usually carry a password. */
const connectionAddress =
  /(^|[_.-])(DATABASE|DB|POSTGRES|POSTGRESQL|PG|MYSQL|MONGO|MONGODB|REDIS|AMQP|RABBITMQ|SMTP|BROKER|CONNECTION)([_.-].*)?[_.-](URL|URI|STRING)$/i;
/** Names that frameworks hand to browsers, or that say themselves that they are public. */
const publicNames =
  /^(NEXT_PUBLIC|VITE|REACT_APP|EXPO_PUBLIC|NUXT_PUBLIC|PUBLIC|GATSBY)_|(^|_)PUBLIC_KEY$/i;

/** Whether a variable's name looks like a secret's. Only the name is looked at. */
export function looksSecret(name: string): boolean {
  return !publicNames.test(name) && (secretParts.test(name) || connectionAddress.test(name));
}

/** Counts secrets and environments over the env files of a tree. */
export interface EnvFileCounter {
  readonly add: (file: FoundFile, text: string) => void;
  readonly profile: () => Pick<Profile, "secretCount" | "environmentCount" | "environmentNames">;
}

interface Tally {
  files: number;
  names: number;
  readonly secrets: Set<string>;
}

const emptyTally = (): Tally => ({ files: 0, names: 0, secrets: new Set() });

/**
 * Makes a counter. A secret counts once for each directory and environment that gives it a value;
 * `.env` and `.env.local` are one environment. Files such as `.env.example` count only where there
 * is no real one, and never as an environment.
 */
export function createEnvFileCounter(): EnvFileCounter {
  const real = emptyTally();
  const templates = emptyTally();
  const environments = new Set<string>();
  let plain = false;

  function secretCount(): Profile["secretCount"] {
    const tally = real.files > 0 ? real : templates;
    if (tally.files === 0) return null;
    const kind = real.files > 0 ? ".env files" : "template .env files (no real one was found)";
    const evidence = `${tally.secrets.size} of ${tally.names} names look like secrets in ${tally.files} ${kind}; at least that many, as other places were not counted`;
    return { value: tally.secrets.size, evidence, source: "scan of .env files" };
  }

  return {
    add(file, text) {
      const kind = envFileKind(file.name);
      if (kind === undefined) return;
      const tally = kind.template ? templates : real;
      const names = envNames(text);
      tally.files += 1;
      tally.names += names.length;
      for (const name of names.filter(looksSecret)) {
        tally.secrets.add(JSON.stringify([file.directory, kind.environment, name]));
      }
      if (kind.template) return;
      if (kind.environment === null) plain = true;
      else environments.add(kind.environment);
    },
    profile() {
      // A plain .env beside named ones holds what they share; alone it is the one environment.
      const names = [...environments].toSorted();
      const count = names.length > 0 ? names.length : plain ? 1 : null;
      const source = "scan of .env files";
      const evidence =
        names.length > 0
          ? evidenceLine(`named by .env files: ${names.join(", ")}`)
          : "one plain .env, none named";
      return {
        secretCount: secretCount(),
        environmentCount: count === null ? null : { value: count, evidence, source },
        environmentNames:
          names.length === 0 ? null : { value: names.slice(0, maxListed), evidence, source },
      };
    },
  };
}
