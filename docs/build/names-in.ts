import ts from 'typescript'

/** What a piece of code declares at its top level, what it mentions, and whether it imports. */
export function namesIn(code: string) {
  const source = ts.createSourceFile('block.ts', code, ts.ScriptTarget.Latest, true)
  const declared = new Set<string>()
  let imports = false
  const declare = (name: ts.BindingName | undefined) => {
    if (!name) return
    if (ts.isIdentifier(name)) declared.add(name.text)
    else for (const one of name.elements) if (!ts.isOmittedExpression(one)) declare(one.name)
  }
  for (const statement of source.statements) {
    if (ts.isImportDeclaration(statement)) {
      imports = true
      declare(statement.importClause?.name)
      const bindings = statement.importClause?.namedBindings
      if (bindings && ts.isNamedImports(bindings))
        for (const { name } of bindings.elements) declare(name)
      else if (bindings) declare(bindings.name)
    } else if (ts.isVariableStatement(statement)) {
      for (const { name } of statement.declarationList.declarations) declare(name)
    } else if (
      ts.isFunctionDeclaration(statement) ||
      ts.isClassDeclaration(statement) ||
      ts.isInterfaceDeclaration(statement) ||
      ts.isTypeAliasDeclaration(statement)
    ) {
      declare(statement.name)
    }
  }
  const used = new Set<string>()
  const visit = (node: ts.Node) => {
    const isMember = ts.isPropertyAccessExpression(node.parent) && node.parent.name === node
    if (ts.isIdentifier(node) && !isMember) used.add(node.text)
    node.forEachChild(visit)
  }
  source.forEachChild(visit)
  return { declared, used, imports }
}
