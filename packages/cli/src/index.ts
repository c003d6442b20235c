export { exitCodes, exitMeanings, type ExitName } from "./exit-codes.js";
export { processIo, type CliInput, type CliIo, type CliOutput } from "./io.js";
export { main } from "./main.js";
