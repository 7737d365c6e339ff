export { type OpenTelemetryOptions, openTelemetry } from './lib/opentelemetry/open-telemetry.ts'
