export { handler } from '../../jobs/import-invoices.ts';
