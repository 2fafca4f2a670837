import type { CelRow } from './cel-row.ts'

const MENU_APPS = /^(BackGround|WaitExten)$/i

/**
 * Digits dialled in menus where CEL has no DTMF rows (before 20.16/22.6): in a menu's context the exten that follows the menu is what
 * was dialled. Returns the digits a row reveals, or an empty text.
 */
export function createMenuReader(rows: readonly CelRow[]): (row: CelRow) => string {
  if (rows.some(({ type, extra }) => type === 'DTMF' && extra['digit'] !== undefined)) return () => ''
  const menus = new Map<string, CelRow>()
  return (row) => {
    if (row.type === 'APP_START' && MENU_APPS.test(row.app)) {
      menus.set(row.uniqueid, row)
      return ''
    }
    const menu = menus.get(row.uniqueid)
    if (!menu || menu.exten === row.exten) return ''
    menus.delete(row.uniqueid)
    return menu.context === row.context && /^[\d*#]+$/.test(row.exten) ? row.exten : ''
  }
}
