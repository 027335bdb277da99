/// A document's subschemas, compiled and numbered. Immutable, so that any number of threads
/// validate with it at the same time.
final class SchemaProgram: Sendable {
  let nodes: [SchemaNode]
  /// The numbers of the subschemas that dynamic anchors name, by resource.
  let dynamicAnchors: [[String: Int]]
  /// Whether the resources that are entered must be remembered.
  let hasDynamicReferences: Bool
  let limits: SchemaLimits

  init(
    nodes: [SchemaNode], dynamicAnchors: [[String: Int]], hasDynamicReferences: Bool,
    limits: SchemaLimits
  ) {
    self.nodes = nodes
    self.dynamicAnchors = dynamicAnchors
    self.hasDynamicReferences = hasDynamicReferences
    self.limits = limits
  }
}
