interface ImportMeta {
  /** Vite's: the files that match, each with a way to load it, or loaded. */
  glob(pattern: string, options?: { readonly eager: true }): Readonly<Record<string, unknown>>;
}
