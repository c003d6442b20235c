// A module of its own, so that the command line loads it only to explain a mistake.
export { didYouMean } from "@kinko/core/config";
