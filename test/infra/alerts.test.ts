import { beforeAll, describe, expect, test } from 'vitest';
import { templateOf } from '../support/template.ts';
import { View } from './view.ts';

const ALARMS = 'arn:aws:cloudwatch:eu-central-1:123456789012:alarm:punctual-dev-*';

let view: View;
beforeAll(async () => {
  view = new View(await templateOf('dev'));
});

describe('the topic', () => {
  test('is one, and takes messages over TLS alone, of the alarms of this stack too', () => {
    const [topic] = view.one('AWS::SNS::Topic', () => true);
    const [, policy] = view.one('AWS::SNS::TopicPolicy', () => true);
    expect(policy.Topics).toEqual([topic]);
    expect(policy.PolicyDocument.Statement).toEqual([
      expect.objectContaining({
        Effect: 'Deny',
        Principal: '*',
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
      {
        Sid: expect.anything(),
        Effect: 'Allow',
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Action: 'sns:Publish',
        Resource: topic,
        Condition: {
          StringEquals: { 'aws:SourceAccount': '123456789012' },
          ArnLike: { 'aws:SourceArn': ALARMS },
        },
      },
    ]);
  });

  test("is not encrypted with a key that CloudWatch's alarms may not use", () => {
    expect(view.one('AWS::SNS::Topic', () => true)[1]).not.toHaveProperty('KmsMasterKeyId');
  });

  test('has no subscriber that nobody asked for', () => {
    expect(view.all('AWS::SNS::Subscription').size).toBe(0);
  });

  test('has the one that was asked for', async () => {
    const options = { alertEmail: 'ops@example.com' };
    const asked = new View(await templateOf('dev', undefined, undefined, options));
    const [topic] = asked.one('AWS::SNS::Topic', () => true);
    expect([...asked.all('AWS::SNS::Subscription').values()]).toEqual([
      { Protocol: 'email', TopicArn: topic, Endpoint: 'ops@example.com' },
    ]);
  });
});

describe('the health report', () => {
  test('has no URL that nobody asked for', () => {
    expect(view.all('AWS::Lambda::Url').size).toBe(0);
  });

  test('has one for those whom IAM lets in, and no others', async () => {
    const options = { healthUrl: true };
    const asked = new View(await templateOf('dev', undefined, undefined, options));
    const [id] = asked.functionOf('punctual-health');
    expect(asked.one('AWS::Lambda::Url', () => true)[1]).toMatchObject({
      AuthType: 'AWS_IAM',
      TargetFunctionArn: `${id}.Arn`,
    });
    expect(asked.all('AWS::Lambda::Permission').size).toBe(0);
  });
});
