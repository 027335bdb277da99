package import JSONRPC

package struct SchemaViolation: Sendable, CustomStringConvertible {
  package var description: String { "" }
}
package struct JSONSchema: Sendable {
  package init(_ s: JSONValue) throws {}
  package func validate(_ v: JSONValue) -> [SchemaViolation] { [] }
}
