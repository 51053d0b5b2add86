import { randomUUID } from 'node:crypto';
import { SESv2Client, SESv2ServiceException, SendEmailCommand } from '@aws-sdk/client-sesv2';
import type { Log } from './log.ts';
import { setting } from './setting.ts';

/** One for the process. One try only: a second after a lost answer could send the e-mail twice. */
const ses = new SESv2Client({
  maxAttempts: 1,
  requestHandler: { connectionTimeout: 2000, requestTimeout: 10_000, throwOnRequestTimeout: true },
});

/** A plain text e-mail to one address. */
export interface Mail {
  to: string;
  subject: string;
  text: string;
}

/** An e-mail that is to be sent once, and the two changes that see to it. */
export interface Owed {
  /** What it is about, for the log. */
  about: string;
  mail: Mail;
  /** Marks it as sent. False where somebody else did. `token` is fresh for every taking. */
  take(token: string, now: Date): Promise<boolean>;
  /** Undoes the taking with that token. */
  putBack(token: string): Promise<boolean>;
}

/** `unsure`: it may or may not have been sent, and never will be again. */
export type Sent = 'sent' | 'taken' | 'refused' | 'unsure';

/**
 * Sends an e-mail at most once, whoever else tries. It is taken before it is sent: the other way
 * round, a process that dies in between would send it again. So one that dies in between loses
 * the e-mail instead: `mailToken` on the item, but no line `e-mail sent` in the log.
 */
export async function sendOnce(owed: Owed, log: Log): Promise<Sent> {
  const command = toCommand(owed.mail);
  const token = randomUUID();
  if (!(await owed.take(token, new Date()))) return 'taken';
  try {
    await ses.send(command);
    log.info('e-mail sent', { about: owed.about });
    return 'sent';
  } catch (error) {
    if (!wasRefused(error)) {
      // SES may have it: the answer was lost, not the question. Again could mean twice.
      log.error('no answer from SES: will not be sent again', { about: owed.about, error });
      return 'unsure';
    }
    log.error('SES refused an e-mail: put back', { about: owed.about, error });
    await owed.putBack(token);
    return 'refused';
  }
}

/**
 * Sends what is owed for each item, one after the other; stops between two once `signal` fires.
 * @throws Error at the end where SES refused some, so that the run says so; the next one has them.
 */
export async function sendEach(
  all: AsyncIterable<Owed>,
  { signal, log }: { signal: AbortSignal; log: Log },
): Promise<{ sent: number; unsure: number }> {
  const count: Record<Sent, number> = { sent: 0, taken: 0, refused: 0, unsure: 0 };
  for await (const owed of all) {
    signal.throwIfAborted();
    count[await sendOnce(owed, log)] += 1;
  }
  if (count.refused > 0) {
    const tried = count.sent + count.unsure + count.refused;
    throw new Error(`SES refused ${count.refused} of ${tried} e-mails; put back for the next run`);
  }
  return { sent: count.sent, unsure: count.unsure };
}

function toCommand({ to, subject, text }: Mail): SendEmailCommand {
  return new SendEmailCommand({
    FromEmailAddress: setting('MAIL_FROM'),
    Destination: { ToAddresses: [to] },
    Content: { Simple: { Subject: { Data: subject }, Body: { Text: { Data: text } } } },
  });
}

/** Errors from before a connection: not one byte of the e-mail left. */
const NOT_CONNECTED = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH'];

/** Whether the e-mail was certainly not sent: SES answered with a 4xx, or was never reached. */
function wasRefused(error: unknown): boolean {
  if (error instanceof SESv2ServiceException) {
    const status = error.$metadata.httpStatusCode ?? 500;
    return status >= 400 && status < 500;
  }
  const { code = '', name } = error as { code?: string; name?: string };
  return NOT_CONNECTED.includes(code) || name === 'CredentialsProviderError';
}
