/** What a rendered decision record says besides the decision itself. */
export interface RenderOptions {
  /** The day of the decision, `YYYY-MM-DD`. Given by the caller, so that rendering stays pure. */
  readonly date: string;
  /** Default `Whether to run HashiCorp Vault`. */
  readonly title?: string | undefined;
  /** E.g. `proposed`, `accepted`, `superseded by 0012`. Default `proposed`. */
  readonly status?: string | undefined;
  /** What the decision is about, one paragraph. */
  readonly context?: string | undefined;
  /** The command that checks the record, shown under "How to run it again". */
  readonly checkCommand?: string | undefined;
}

/** The same with every default filled in. */
export interface RenderTexts {
  readonly date: string;
  readonly title: string;
  readonly status: string;
  readonly context: string;
  readonly checkCommand: string;
}

const defaultContext =
  "The team's secrets need a place. A Vault of its own brings dynamic secrets, fine-grained access control and a complete audit trail, and has to be operated. The criteria below say whether that is worth it here.";

/** Fills in the defaults. */
export function renderTexts(options: RenderOptions): RenderTexts {
  return {
    date: options.date,
    title: options.title ?? "Whether to run HashiCorp Vault",
    status: options.status ?? "proposed",
    context: options.context ?? defaultContext,
    checkCommand:
      options.checkCommand ?? "kinko decide --profile kinko.profile.json --check RECORD",
  };
}
