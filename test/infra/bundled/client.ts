import {
  type ConditionalCheckFailedException,
  DynamoDBClient,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';

/**
 * What an endpoint's answer to an update comes out as.
 *
 * @param patience how long it is waited for, in milliseconds
 */
export async function ask(endpoint: string, patience = 60_000) {
  const client = new DynamoDBClient({
    endpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    maxAttempts: 1,
    requestHandler: { requestTimeout: patience, throwOnRequestTimeout: true },
  });
  const command = new UpdateItemCommand({ TableName: 'locks', Key: { lock: { S: 'a' } } });
  try {
    return { item: (await client.send(command)).Attributes };
  } catch (error) {
    const { name, message, $fault, Item } = error as ConditionalCheckFailedException;
    return { name, message, $fault, Item };
  }
}
