import { ArnFormat, CfnOutput, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';

/** Where people hear of trouble: one topic, to which the sweeper publishes, and the few alarms it can not stand in for. */
export class Alerts extends Construct {
  readonly topic: Topic;

  /** @param email an address to subscribe; it gets a message with a link to confirm that it wants this */
  constructor(scope: Construct, id: string, { email }: { email?: string }) {
    super(scope, id);
    const { stackName, account } = Stack.of(this);
    this.topic = new Topic(this, 'Topic', {
      displayName: stackName,
      // Not encrypted with AWS's own key for SNS: CloudWatch's alarms may not use that one.
      enforceSSL: true,
    });
    // A topic with a policy of its own has lost the one by which CloudWatch may publish to it.
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        actions: ['sns:Publish'],
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        resources: [this.topic.topicArn],
        conditions: {
          StringEquals: { 'aws:SourceAccount': account },
          ArnLike: { 'aws:SourceArn': this.#alarms(`${stackName}-*`) },
        },
      }),
    );
    if (email) this.topic.addSubscription(new EmailSubscription(email));
    new CfnOutput(this, 'AlertsTopic', {
      value: this.topic.topicArn,
      description: 'Subscribe to it what shall hear of failed, missed, overdue and paused jobs',
    }).overrideLogicalId('AlertsTopic');
  }

  #alarms(name: string): string {
    return Stack.of(this).formatArn({
      service: 'cloudwatch',
      resource: 'alarm',
      resourceName: name,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  }
}
