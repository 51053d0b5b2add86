/** How esbuild makes one file of a function: for the stack, and for `bench/`, which measures that file. */
export const BUNDLING = {
  minify: true,
  target: 'node24',
  // Without it esbuild takes the CommonJS builds, which it can not tree-shake.
  mainFields: ['module', 'main'],
  // The few CommonJS packages that are left call require.
  banner: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);",
};
