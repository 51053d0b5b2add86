import type { News } from '../run/alert.ts';
import { type Alert, timeOfNews } from './alert.ts';
import { logLink } from './log-link.ts';

/** What a topic gets. */
export interface Message {
  /** SNS takes one line of less than a hundred characters, ASCII alone. */
  subject: string;
  /** Plain text, for an e-mail. */
  body: string;
  /** What a subscription can filter by. */
  attributes: Record<string, string>;
}

/** Where the alert comes from. */
export interface Origin {
  stack: string;
  /** Such as `eu-central-1`. */
  region: string;
}

/** An e-mail of an outage's every tick is read by nobody. */
export const MOST_SHOWN = 20;

const LONGEST_SUBJECT = 99;
const LONGEST_WHY = 500;

export function messageOf(alert: Alert, { stack, region }: Origin): Message {
  const { kind, job, level, untold } = alert;
  const title = titleOf(alert);
  const shown = untold.slice(0, MOST_SHOWN);
  const more = untold.length - shown.length;
  const parts = [
    `${title}.\nStack ${stack}, region ${region}.`,
    ...shown.map((one) => entry(one.news, timeOfNews(one), region)),
    ...(more > 0 ? [`and ${more} more.`] : []),
    `${helpOf(alert)}\n`,
  ];
  return {
    subject: inAscii(`[${stack}] ${title}`, LONGEST_SUBJECT),
    // SNS's client encodes it as a form, and throws at half a character.
    body: parts.join('\n\n').toWellFormed(),
    attributes: { kind, job, stack, ...(level && { level }) },
  };
}

function titleOf({ kind, job, level, untold: { length: n } }: Alert): string {
  switch (kind) {
    case 'failed':
      return n === 1 ? `${job} failed` : `${job} failed ${n} runs`;
    case 'missed':
      return n === 1 ? `${job} missed a tick` : `${job} missed ${n} ticks`;
    case 'overdue':
      return `${job} is overdue: ${level}`;
    case 'paused':
      return `${job} is paused`;
    case 'resumed':
      return `${job} runs again`;
    case 'dead_letter':
      return n === 1 ? `${job} has a dead letter` : `${job} has ${n} dead letters`;
  }
}

function entry({ tick, attempt, why, ...place }: News, time: string | undefined, region: string) {
  const what = [
    tick,
    attempt !== undefined && (attempt === 0 ? 'never run' : `attempt ${attempt}`),
    time && `written ${time}`,
  ];
  const lines = [inOneLine(why), logLink(place, region)].filter((line) => line !== undefined);
  const head = what.filter(Boolean).join(', ');
  return head ? [head, ...lines.map((line) => `  ${line}`)].join('\n') : lines.join('\n');
}

/** The line of the command line that helps. */
function helpOf({ kind, job, untold }: Alert): string {
  const tick = untold.at(0)?.news.tick;
  if (kind === 'paused') return `To let it run again: npx punctual resume ${job}`;
  if (tick) return `To look closer: npx punctual show ${job} ${tick}`;
  if (kind === 'dead_letter')
    return "The message is in the stack's queue of dead letters for 14 days.";
  return `To look closer: npx punctual runs ${job}`;
}

/** What a job's code threw is anybody's text: it must not look like a part of the message. */
function inOneLine(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
  return line.length > LONGEST_WHY ? `${line.slice(0, LONGEST_WHY).toWellFormed()}…` : line;
}

function inAscii(text: string, longest: number): string {
  const ascii = text.replace(/[^ -~]/gu, '?');
  return ascii.length > longest ? `${ascii.slice(0, longest - 3)}...` : ascii;
}
