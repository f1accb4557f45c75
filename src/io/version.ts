/** The version of Rappel that writes a file, for whoever must find out later why it cannot be read. */
export const frameworkVersion = "0.1.0";
