export const chromium: string | undefined;
export const whyNoChromium: string | undefined;
export const launchOptions: { readonly executablePath: string; readonly args: string[] };
export function findChromium(): string | undefined;
