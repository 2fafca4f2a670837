/** A file for Asterisk cannot be made or placed; the message names the cause and the cure. */
export class SettingError extends Error {
  override name = 'SettingError'
}
