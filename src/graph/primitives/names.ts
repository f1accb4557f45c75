/**
 * The primitives that few networks use, by name: enough for the compiler to tell them, so that a page holds the definitions of those
 * alone that its functions apply.
 */
import type { PrimitiveName } from "../node.ts";
import type { ConvolutionGeometry } from "./convolution.ts";
import type { CumulateKind, LineAttributes } from "./cumulate.ts";
import type { ScanAttributes } from "./scan-body.ts";
import type { ArgsortAttributes } from "./sort.ts";
import type { Sized, WindowGeometry } from "./window.ts";

export const convolutionName: PrimitiveName<ConvolutionGeometry> = { name: "convolution" };
export const convolutionInputGradientName: PrimitiveName<
  ConvolutionGeometry & { readonly inputSize: readonly [number, number] }
> = { name: "convolutionInputGradient" };
export const convolutionFilterGradientName: PrimitiveName<
  ConvolutionGeometry & { readonly kernelSize: readonly [number, number] }
> = { name: "convolutionFilterGradient" };

export const windowArgMaxName: PrimitiveName<WindowGeometry> = { name: "windowArgMax" };
export const windowGatherName: PrimitiveName<WindowGeometry> = { name: "windowGather" };
export const windowScatterName: PrimitiveName<Sized> = { name: "windowScatter" };
export const windowSumName: PrimitiveName<WindowGeometry> = { name: "windowSum" };
export const windowSpreadName: PrimitiveName<Sized> = { name: "windowSpread" };

export const scanName: PrimitiveName<ScanAttributes> = { name: "scan" };
export const argsortName: PrimitiveName<ArgsortAttributes> = { name: "argsort" };
export const cumulateName: PrimitiveName<LineAttributes & { readonly kind: CumulateKind }> = { name: "cumulate" };
export const linearRecurrenceName: PrimitiveName<LineAttributes> = { name: "linearRecurrence" };
