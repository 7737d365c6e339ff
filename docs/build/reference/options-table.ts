import ts from 'typescript'
import type { PublishedTypes } from '../entry-points.ts'
import { table } from './table.ts'

/**
 * The options of a published type as a table: name, default and meaning, as their doc comments have
 * them. A default is what stands in brackets at the end: `[30 000]`.
 *
 * @param name of an interface, or of a function (`memoryObserver()`): then of its last parameter.
 */
export function optionsTable({ checker, exports }: PublishedTypes, name: string): string {
  const isFunction = name.endsWith('()')
  const found = exports.find((each) => each.name === name.replace('()', ''))
  if (!found) throw new Error(`${name}: expected a published name`)
  const type = isFunction
    ? typeOfLastParameter(checker, found.symbol)
    : checker.getDeclaredTypeOfSymbol(found.symbol)
  const rows = checker.getPropertiesOfType(type).map((property) => {
    const comment = ts.displayPartsToString(property.getDocumentationComment(checker))
    const { text, standard } = readComment(comment)
    if (text === '') throw new Error(`${name}.${property.name}: expected a doc comment`)
    const isOptional = (property.flags & ts.SymbolFlags.Optional) !== 0
    return [`\`${property.name}\``, standard ?? (isOptional ? 'none' : 'required'), text]
  })
  return table(['option', 'default', ''], rows)
}

/** Splits `How long it may take. [30 000]` into text and default. */
export function readComment(comment: string): { text: string; standard: string | null } {
  const flat = comment.replaceAll(/\s+/g, ' ').trim()
  const [, text = flat, standard] = /^(.*) \[(.*)\]$/.exec(flat) ?? []
  return { text, standard: standard === undefined ? null : asCode(standard) }
}

/** What is written as in code is shown as code. */
function asCode(standard: string): string {
  return /^('[^']*'|\{.*\}|true|false|\w+\(\))$/.test(standard) ? `\`${standard}\`` : standard
}

function typeOfLastParameter(checker: ts.TypeChecker, symbol: ts.Symbol): ts.Type {
  const declaration = symbol.valueDeclaration
  const [signature] = declaration
    ? checker.getTypeOfSymbolAtLocation(symbol, declaration).getCallSignatures()
    : []
  const parameter = signature?.parameters.at(-1)
  if (!declaration || !parameter)
    throw new Error(`${symbol.name}: expected a function with options`)
  return checker.getNonNullableType(checker.getTypeOfSymbolAtLocation(parameter, declaration))
}
