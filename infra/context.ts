/** A value of `-c key=value` that can not be used. */
export class BadContext extends Error {}
