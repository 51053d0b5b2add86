// See lambda-client.ts.
export { CreateScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
