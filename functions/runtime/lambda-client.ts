// What is loaded on demand comes whole, unless a module of its own says which few of a hundred it needs.
export { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
