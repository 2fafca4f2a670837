type Parameter = readonly [name: string, place: 'path' | 'query' | 'body']
type Operation = readonly [method: string, path: string, nickname: string, ...parameters: Parameter[]]

/** The operations the service uses, in the form in which Asterisk's own API documents describe them (Swagger 1.1). */
const operations: Readonly<Record<string, readonly Operation[]>> = {
  asterisk: [
    ['GET', '/asterisk/info', 'getInfo', ['only', 'query']],
    ['POST', '/asterisk/variable', 'setGlobalVar', ['variable', 'query'], ['value', 'query']],
  ],
  applications: [
    ['GET', '/applications/{applicationName}', 'get', ['applicationName', 'path']],
    [
      'POST',
      '/applications/{applicationName}/subscription',
      'subscribe',
      ['applicationName', 'path'],
      ['eventSource', 'query'],
    ],
    ['PUT', '/applications/{applicationName}/eventFilter', 'filter', ['applicationName', 'path'], ['filter', 'body']],
  ],
  channels: [
    ['GET', '/channels', 'list'],
    ['DELETE', '/channels/{channelId}', 'hangup', ['channelId', 'path']],
    ['POST', '/channels/{channelId}/continue', 'continueInDialplan', ['channelId', 'path']],
  ],
  bridges: [['GET', '/bridges', 'list']],
  endpoints: [['GET', '/endpoints', 'list']],
  events: [['POST', '/events/user/{eventName}', 'userEvent', ['eventName', 'path'], ['application', 'query']]],
}

/** `resources.json` or the document of one resource; undefined for a name there is none of. */
export function apiDocument(file: string, basePath: string): unknown {
  const common = { apiVersion: '10.0.0', swaggerVersion: '1.1', basePath }
  if (file === 'resources.json') {
    return { ...common, apis: Object.keys(operations).map((name) => ({ path: `/api-docs/${name}.{format}` })) }
  }
  const name = file.replace(/\.json$/, '')
  const listed = operations[name]
  return listed && { ...common, resourcePath: `/api-docs/${name}.{format}`, apis: listed.map(described), models: {} }
}

function described([httpMethod, path, nickname, ...parameters]: Operation): unknown {
  return {
    path,
    operations: [
      {
        httpMethod,
        nickname,
        responseClass: httpMethod === 'GET' ? 'object' : 'void',
        parameters: parameters.map(([name, paramType]) => ({ name, paramType, dataType: 'string' })),
      },
    ],
  }
}
