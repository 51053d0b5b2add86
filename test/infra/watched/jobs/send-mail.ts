export { handler } from '../../../../functions/jobs/send-build-complete-emails.ts';
