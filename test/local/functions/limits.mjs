/** What Linux lets its process do. */
import { readFileSync } from 'node:fs';

export const handler = async () => readFileSync('/proc/self/limits', 'utf8');
