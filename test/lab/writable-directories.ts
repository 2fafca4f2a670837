/** What an instance may write, relative to the root; everything else of the cached root file system is read-only. */
export const WRITABLE_DIRECTORIES = [
  'etc/asterisk',
  'var/lib/asterisk',
  'var/spool/asterisk',
  'var/log/asterisk',
  'var/cache/asterisk',
  'run/asterisk',
  'tmp',
  'lab',
] as const
