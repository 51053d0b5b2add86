/**
 * A setting of the function, from its environment.
 * @throws Error where the stack did not set it.
 */
export function setting(name: 'APPLICATION_TABLE' | 'MAIL_FROM'): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: give it in the function's environment`);
  return value;
}
