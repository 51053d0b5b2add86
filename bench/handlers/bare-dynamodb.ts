import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';

const client = new DynamoDBClient();

/** What anyone would write who needs DynamoDB and nothing else. */
export const handler = () =>
  client.send(new GetItemCommand({ TableName: 'locks', Key: { lock: { S: 'report' } } }));
