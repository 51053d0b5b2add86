/** Each round begins with another one: coming after a small or a large one makes a difference. */
export function inTurn<T>(items: T[], round: number): T[] {
  const first = round % items.length;
  return [...items.slice(first), ...items.slice(0, first)];
}

export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] as number;
}

export function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
