import { job } from '../../../functions/job.ts';

/** What somebody might write who wants the console to run it. */
const HOSTILE = [
  '<script>window.hostile = 1</script>',
  '<img src=x onerror="window.hostile = 2">',
  '</pre></title></style></svg><svg onload="window.hostile = 3">',
  '"><a href="javascript:window.hostile = 4">',
  '<cwdb-action action="call" endpoint="arn">{}</cwdb-action>',
  '\u0000\ud800\u202e𝕏 👩‍👩‍👧',
].join(' ');

/** Once it fails with what it read; once it returns more of it than a page shows at once. */
export const handler = job(async ({ scheduledTime }) => {
  const clockTime = scheduledTime.toISOString().slice(11, 16);
  if (clockTime === '01:00') throw new TypeError(HOSTILE);
  if (clockTime === '00:30') return { entry: HOSTILE, more: `${HOSTILE}\n`.repeat(120), no: null };
  return { entries: 12 };
});
