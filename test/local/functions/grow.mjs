/** Takes memory that V8's limit of the heap does not count, until it is killed. */
const kept = [];

export const handler = () =>
  new Promise(() => {
    setInterval(() => kept.push(Buffer.alloc(4_000_000, 1)), 5);
  });
