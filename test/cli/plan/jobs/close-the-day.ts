export { handler } from '../../jobs/close-the-day.ts';
