#!/usr/bin/env node
/** The program `rappel`. */
import { runCommandLine } from "./program.ts";

process.exitCode = await runCommandLine(process.argv.slice(2));
