import { owedFor, unmailed } from '../application/builds.ts';
import { sendEach } from '../application/mail.ts';
import { job } from '../job.ts';

/** One e-mail a failed build, never two. */
export const handler = job(({ signal, log }) => sendEach(owed(), { signal, log }));

async function* owed() {
  for await (const build of unmailed('failed')) {
    const subject = `Build ${build.id} of ${build.project} failed`;
    const why = build.reason ?? 'no reason given';
    yield owedFor(
      build,
      subject,
      `${subject}: ${why}.\nStarted ${build.startedAt}, ended ${build.endedAt}.`,
    );
  }
}
