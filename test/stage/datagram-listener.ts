import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/** Node has no Unix datagram sockets: python prints each datagram as a line of JSON. */
const program = `
import json, socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
print("", flush=True)
while True:
    print(json.dumps(s.recv(65536).decode()), flush=True)
`

/** A socket as systemd gives it to a service in NOTIFY_SOCKET, and what was said to it. */
export interface DatagramListener extends AsyncDisposable {
  readonly datagrams: readonly string[]
}

export async function listenToDatagrams(path: string): Promise<DatagramListener> {
  const child = spawn('python3', ['-c', program, path], { stdio: ['ignore', 'pipe', 'inherit'] })
  const datagrams: string[] = []
  const lines = createInterface({ input: child.stdout })
  await once(lines, 'line')
  lines.on('line', (line) => datagrams.push(JSON.parse(line)))
  return {
    datagrams,
    [Symbol.asyncDispose]: async () => {
      const gone = once(child, 'exit')
      child.kill('SIGTERM')
      await gone
    },
  }
}
