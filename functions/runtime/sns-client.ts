// See lambda-client.ts.
export { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
