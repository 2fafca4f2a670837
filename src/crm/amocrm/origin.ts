/**
 * Address of an account: `acme` and `acme.amocrm.ru` are amoCRM accounts, Kommo's and others give the full address.
 * @throws RangeError when a token would travel in the clear: plain http is for this machine itself only
 */
export function accountOrigin(account: string): URL {
  const named = /^[a-z0-9-]+$/i.test(account) ? `${account}.amocrm.ru` : account
  const url = URL.parse(named.includes('://') ? named : `https://${named}`)
  const own = url !== null && isOwn(url)
  if (url === null || (url.protocol !== 'https:' && !(url.protocol === 'http:' && own))) {
    throw new RangeError(`crm address ${account}: give an https address, like https://acme.amocrm.ru`)
  }
  return new URL(url.origin)
}

/**
 * Whether tokens of `account` may be sent there: amoCRM's and Kommo's own domains for accounts of theirs, this machine for one on it.
 * An answer that names another place must not carry the tokens away.
 */
export function isSameHouse(place: URL, account: URL): boolean {
  if (place.protocol !== account.protocol) return false
  if (isOwn(account)) return isOwn(place)
  return [place, account].every(({ hostname, port }) => port === '' && DOMAINS.some((end) => hostname.endsWith(end)))
}

const DOMAINS = ['.amocrm.ru', '.amocrm.com', '.kommo.com']

function isOwn({ hostname }: URL): boolean {
  return hostname === 'localhost' || /^127\.\d+\.\d+\.\d+$/.test(hostname)
}
