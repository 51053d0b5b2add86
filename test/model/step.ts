/** What the adversary can do. */
export const STEPS = [
  'pass',
  'pause',
  'start',
  'answer',
  'lost',
  'late',
  'away',
  'crash',
  'return',
  'throw',
  'heed',
  'give up',
  'arrive',
] as const;

/** One step of the adversary: what happens, and to which process (or which late packet). */
export interface Step {
  kind: (typeof STEPS)[number];
  index: number;
}
