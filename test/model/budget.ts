import type { Faults } from './scenario.ts';

/** How often each fault may still happen, three bits each, in one number of a state. */
const FAULTS = ['crashes', 'lost', 'late', 'away', 'throws', 'timeouts', 'pauses'] as const;

export function pack(faults: Faults): number {
  return FAULTS.reduce((packed, fault, i) => packed | (faults[fault] << (3 * i)), 0);
}

export function remaining(budget: number, fault: keyof Faults): number {
  return (budget >> (3 * FAULTS.indexOf(fault))) & 7;
}

export function spent(budget: number, fault: keyof Faults): number {
  return budget - (1 << (3 * FAULTS.indexOf(fault)));
}
