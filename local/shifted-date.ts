const RealDate = globalThis.Date;

let offset = 0;

const shifted = new Proxy(RealDate, {
  construct(target, args, newTarget) {
    const present = args.length === 0 ? [now()] : args;
    return Reflect.construct(target, present, newTarget);
  },
  apply() {
    return new RealDate(now()).toString();
  },
  get(target, key, receiver) {
    return key === 'now' ? now : Reflect.get(target, key, receiver);
  },
});

function now(): number {
  return RealDate.now() + offset;
}

/**
 * Moves this process's `Date` to the simulated clock. Only `Date` moves: timers and
 * `performance.now()` measure time that passes, and that is real while a function runs.
 *
 * @param ms what to add to the real time
 */
export function shiftDate(ms: number): void {
  offset = ms;
  globalThis.Date = shifted;
  // So that `someDate.constructor === Date` still holds.
  RealDate.prototype.constructor = shifted;
}
