export { handler } from '../../jobs/send-reminders.ts';
