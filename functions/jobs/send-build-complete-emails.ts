import { owedFor, unmailed } from '../application/builds.ts';
import { sendEach } from '../application/mail.ts';
import { job } from '../job.ts';

/** One e-mail a finished build, never two. */
export const handler = job(({ signal, log }) => sendEach(owed(), { signal, log }));

async function* owed() {
  for await (const build of unmailed('finished')) {
    const subject = `Build ${build.id} of ${build.project} is complete`;
    yield owedFor(
      build,
      subject,
      `${subject}.\nStarted ${build.startedAt}, ended ${build.endedAt}.`,
    );
  }
}
