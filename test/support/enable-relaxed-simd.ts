/** Set up before tests that ask for relaxed SIMD. */
import { enableRelaxedSimd } from "./relaxed-simd.ts";

enableRelaxedSimd();
