/// How schemas are read and what validation may cost.
package struct SchemaOptions: Sendable, Hashable {
  /// What `format` means.
  package enum FormatRule: Sendable, Hashable {
    /// A value that is not of a format that is known is refused.
    case assertion
    /// The format is information for the reader: nothing is refused for it.
    case annotation
  }

  /// What `format` means; `assertion` unless changed.
  package var formats: FormatRule
  /// What compiling and validating may cost.
  package var limits: SchemaLimits

  /// Options.
  package init(formats: FormatRule = .assertion, limits: SchemaLimits = SchemaLimits()) {
    self.formats = formats
    self.limits = limits
  }
}

/// Bounds that keep a hostile schema or value from taking the server's time and memory.
package struct SchemaLimits: Sendable, Hashable {
  /// How deep subschemas may nest; a deeper schema does not compile.
  package var schemaDepth = 100
  /// How many subschemas a document may hold; one with more does not compile.
  package var subschemas = 20_000
  /// How many steps all patterns of a document together may take to compile.
  package var patternWork = 2_000_000
  /// How many subschemas may be applied inside each other, through references too; a value that
  /// needs more is refused as too complex.
  package var evaluationDepth = 400
  /// How many steps (subschemas applied, characters matched, elements compared) one validation may
  /// take; a value that needs more is refused as too complex.
  package var steps = 2_000_000
  /// How many violations are collected.
  package var violations = 100

  /// The limits used unless others are asked for.
  package init() {}
}
