/**
 * Address of an account: `acme` and `acme.amocrm.ru` are amoCRM accounts, Kommo's and others give the full address.
 * @throws RangeError when a token would travel in the clear: plain http is for this machine itself only
 */
export function accountOrigin(account: string): URL {
  const named = /^[a-z0-9-]+$/i.test(account) ? `${account}.amocrm.ru` : account
  const url = URL.parse(named.includes('://') ? named : `https://${named}`)
  const own = url !== null && (url.hostname === 'localhost' || /^127\.\d+\.\d+\.\d+$/.test(url.hostname))
  if (url === null || (url.protocol !== 'https:' && !(url.protocol === 'http:' && own))) {
    throw new RangeError(`crm address ${account}: give an https address, like https://acme.amocrm.ru`)
  }
  return new URL(url.origin)
}
