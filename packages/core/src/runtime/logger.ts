/** Fields of a log line. Never a value, token or passphrase. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Where Kinko reports what is not an error; pino and most loggers fit with a one-line adapter. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

const nothing = (): void => undefined;

/** Discards everything; the default. */
export const silentLogger: Logger = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
};
