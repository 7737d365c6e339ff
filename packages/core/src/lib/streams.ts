/*
 * The one place where core takes stream classes from: on Node and in browsers these are the
 * platform's own, elsewhere @web-std/stream brings them.
 */
export { ByteLengthQueuingStrategy, ReadableStream } from '@web-std/stream'
