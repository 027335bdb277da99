package import JSONRPC

/// A schema of JSON Schema 2020-12, compiled once and used from any thread.
///
/// All of the core, applicator, unevaluated and validation vocabularies; `format` refuses dates,
/// times, email addresses, URIs, UUIDs, IP addresses, host names, regular expressions and JSON
/// Pointers that are none. References lead into the document or to the meta-schema, never to the
/// network. Patterns are ECMA-262 without backreferences and looking around, matched in time linear
/// in the text. Depth, size and time are bounded by `SchemaLimits`.
package struct JSONSchema: Sendable {
  private let program: SchemaProgram
  private let root: Int

  init(program: SchemaProgram, root: Int) {
    self.program = program
    self.root = root
  }

  /// Compiles a schema.
  /// - Throws: `SchemaError` for the first keyword that cannot be used.
  package init(_ schema: JSONValue, options: SchemaOptions = SchemaOptions()) throws {
    self = try JSONSchemaDocument(schema, options: options).root
  }

  /// Compiles a document and takes one of its subschemas. To take several, make a
  /// `JSONSchemaDocument` of it.
  /// - Parameter reference: such as `#/$defs/ToolResult`.
  /// - Throws: `SchemaError` when the document cannot be used or holds no such schema.
  package init(
    document: JSONValue, at reference: String, options: SchemaOptions = SchemaOptions()
  ) throws {
    self = try JSONSchemaDocument(document, options: options).schema(at: reference)
  }

  /// Everything that is wrong with the value, up to `SchemaLimits.violations`; nothing when it is
  /// valid.
  package func validate(_ value: JSONValue) -> [SchemaViolation] {
    SchemaEvaluation.violations(of: value, root: root, program: program)
  }

  /// Whether the value is valid.
  package func accepts(_ value: JSONValue) -> Bool {
    SchemaEvaluation.accepts(value, root: root, program: program)
  }
}

/// A document of schemas, compiled together: each of its subschemas can be taken at no further
/// cost.
package struct JSONSchemaDocument: Sendable {
  private let program: SchemaProgram
  /// The numbers of the subschemas by their location.
  private let numbers: [String: Int]

  /// Compiles a document and all that it refers to.
  /// - Throws: `SchemaError` for the first keyword that cannot be used, a reference that leads
  ///   nowhere among them.
  package init(_ document: JSONValue, options: SchemaOptions = SchemaOptions()) throws {
    var compiler = try SchemaCompiler(document, options: options)
    program = try compiler.compile()
    numbers = Dictionary(
      program.nodes.enumerated().map { ($1.rules.location, $0) },
      uniquingKeysWith: { first, _ in first })
  }

  /// The schema that the whole document is.
  package var root: JSONSchema { JSONSchema(program: program, root: 0) }

  /// One of the subschemas.
  /// - Parameter reference: `#` and a JSON Pointer, such as `#/$defs/ToolResult`.
  /// - Throws: `SchemaError` when there is none.
  package func schema(at reference: String) throws -> JSONSchema {
    guard let number = numbers[reference] else {
      throw SchemaError(location: reference, message: "the document has no schema there")
    }
    return JSONSchema(program: program, root: number)
  }
}
