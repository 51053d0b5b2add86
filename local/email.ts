import { AwsError, json } from './aws-reply.ts';
import type { HttpReply } from './http.ts';

export interface Email {
  /** Simulated milliseconds since 1970. */
  time: number;
  from: string;
  to: string[];
  subject: string;
  text: string;
}

/** What SES v2's SendEmail is asked, as far as a local mailbox needs it. */
interface SendEmailRequest {
  FromEmailAddress?: string;
  Destination?: Partial<Record<'ToAddresses' | 'CcAddresses' | 'BccAddresses', string[]>>;
  Content?: {
    Simple?: {
      Subject?: { Data?: string };
      Body?: { Text?: { Data?: string }; Html?: { Data?: string } };
    };
  };
}

/** Where e-mails end up: the SES v2 endpoint keeps them instead of sending them. */
export class Mailbox {
  static readonly PATH = '/v2/email/outbound-emails';
  readonly emails: Email[] = [];

  /** Answers one SendEmail request, as SES would. */
  receive(body: string, now: number): HttpReply {
    const { FromEmailAddress, Destination, Content }: SendEmailRequest = JSON.parse(body);
    const to = Object.values(Destination ?? {}).flat();
    const { Subject, Body } = Content?.Simple ?? {};
    if (to.length === 0) return refusal('Destination has no address');
    if (Subject?.Data === undefined)
      return refusal('The local mailbox takes simple e-mails only: Content.Simple');
    this.emails.push({
      time: now,
      from: FromEmailAddress ?? '',
      to,
      subject: Subject.Data,
      text: Body?.Text?.Data ?? Body?.Html?.Data ?? '',
    });
    return json(200, { MessageId: `local-${this.emails.length}` });
  }
}

function refusal(message: string): HttpReply {
  return new AwsError(400, 'BadRequestException', message).reply();
}
