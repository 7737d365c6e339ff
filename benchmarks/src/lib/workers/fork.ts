// A bare child: answers each message with one.
process.on('message', () => process.send?.(null))
