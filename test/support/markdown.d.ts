/** A file's text, as the bundler hands it out. */
declare module "*.md?raw" {
  const text: string;
  export = text;
}
