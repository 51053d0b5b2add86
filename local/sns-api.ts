import { randomUUID } from 'node:crypto';
import { AwsError } from './aws-reply.ts';
import type { HttpReply, HttpRequest } from './http.ts';

/** A message that was published to a topic. */
export interface Alert {
  /** Simulated milliseconds since 1970. */
  time: number;
  topicArn: string;
  /** Empty where it has none. */
  subject: string;
  text: string;
  /** What a subscription's filter would look at: message attributes, by name. */
  attributes: Record<string, string>;
}

const NAMESPACE = 'http://sns.amazonaws.com/doc/2010-03-31/';
/** Of the message and its attributes, in bytes. */
const LARGEST = 262_144;
/** SNS takes it for the subject of an e-mail: one line of ASCII, at most 100 signs. */
const SUBJECT = /^[!-~][ -~]{0,99}$/;

/** SNS's API, as far as it publishes: messages are kept instead of being sent to anybody. */
export class SnsApi {
  /** Oldest first. */
  readonly alerts: Alert[] = [];
  readonly #topics: readonly string[];
  readonly #onAlert: (alert: Alert) => void;

  /** @param topics the ARNs of those there are */
  constructor(topics: readonly string[], onAlert: (alert: Alert) => void) {
    this.#topics = topics;
    this.#onAlert = onAlert;
  }

  /** `undefined` where the request is for another service: only the signature names the one it is for. */
  answer({ method, headers, body }: HttpRequest, now: number): HttpReply | undefined {
    if (method !== 'POST' || !headers.authorization?.includes('/sns/aws4_request'))
      return undefined;
    try {
      const alert = this.#read(new URLSearchParams(body), now);
      this.alerts.push(alert);
      this.#onAlert(alert);
      return xml(
        200,
        'PublishResponse',
        `<PublishResult><MessageId>${randomUUID()}</MessageId></PublishResult><ResponseMetadata><RequestId>${randomUUID()}</RequestId></ResponseMetadata>`,
      );
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      const { status, type, message } = error;
      return xml(
        status,
        'ErrorResponse',
        `<Error><Type>Sender</Type><Code>${type}</Code><Message>${message}</Message></Error><RequestId>${randomUUID()}</RequestId>`,
      );
    }
  }

  #read(form: URLSearchParams, now: number): Alert {
    if (form.get('Action') !== 'Publish') {
      throw new AwsError(400, 'InvalidAction', 'the local cloud knows only Publish');
    }
    const topicArn = form.get('TopicArn') ?? '';
    if (!this.#topics.includes(topicArn)) {
      throw new AwsError(404, 'NotFound', 'Topic does not exist');
    }
    const text = form.get('Message') ?? '';
    const subject = form.get('Subject');
    const attributes = attributesIn(form);
    const bytes = Buffer.byteLength(text + Object.entries(attributes).flat().join(''));
    if (text === '') throw invalid('Empty message');
    if (bytes > LARGEST) throw invalid('Message too long');
    if (subject !== null && !SUBJECT.test(subject)) throw invalid('Subject');
    return { time: now, topicArn, subject: subject ?? '', text, attributes };
  }
}

/** `MessageAttributes.entry.1.Name`, and the same with `.Value.StringValue`, counted from 1. */
function attributesIn(form: URLSearchParams): Alert['attributes'] {
  const attributes: Alert['attributes'] = {};
  for (let index = 1; ; index += 1) {
    const entry = `MessageAttributes.entry.${index}`;
    const name = form.get(`${entry}.Name`);
    if (name === null) return attributes;
    attributes[name] = form.get(`${entry}.Value.StringValue`) ?? '';
    if (attributes[name] === '') throw invalid(`Attribute ${index} has no value`);
  }
}

function invalid(what: string): AwsError {
  return new AwsError(400, 'InvalidParameter', `Invalid parameter: ${what}`);
}

function xml(status: number, element: string, content: string): HttpReply {
  const body = `<${element} xmlns="${NAMESPACE}">${content}</${element}>`;
  return { status, type: 'text/xml', body };
}
