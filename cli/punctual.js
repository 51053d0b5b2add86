#!/usr/bin/env node
/**
 * What `npx punctual` starts. Plain JavaScript, so that the cache is on before the first TypeScript is
 * read: without it every start would take the types out anew, which doubles the time to `--help`.
 */
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

// Ours, and gone with node_modules: the folder for all users of a machine can be written by any of them.
enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/punctual', import.meta.url)));
await import('./main.ts');
