import { expect, test } from 'vitest';
import { kebab, nameOfCommand } from '../../../cli/import/names.ts';

test.each([
  ['/usr/local/bin/backup.sh --full >> /var/log/backup.log 2>&1', 'backup'],
  ['cd /srv/app && python3 manage.py send_reminders --all', 'send-reminders'],
  ['cd /srv/app; ./bin/rake reports:daily', 'reports-daily'],
  ['/usr/bin/php /var/www/artisan queue:prune', 'queue-prune'],
  ['flock -n -w 5 /tmp/lock /opt/poll.sh', 'poll'],
  ['timeout -k 5 300 nice -n 10 node /srv/importInvoices.js', 'import-invoices'],
  ['FOO=bar env BAZ=1 /opt/x', 'x'],
  ['sudo -u app bash -c "/opt/run_me.sh 2>&1 | logger"', 'run-me'],
  ['npm run nightly', 'nightly'],
  ['[ -x /usr/sbin/anacron ] || run-parts /etc/cron.daily', 'run-parts'],
  ['python -m app.jobs.clean', 'app-jobs-clean'],
  ['???', 'job'],
])('%s', (command, name) => {
  expect(nameOfCommand(command)).toBe(name);
});

test('a name is never longer than a job may have, with a number', () => {
  expect(kebab('x'.repeat(100))).toHaveLength(56);
  expect(kebab('Ünï')).toBe('n');
});
