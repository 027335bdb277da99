/// A key that is sent to a service and shown to nobody: whatever describes, prints or mirrors it sees none of it.
package struct APIKey: Sendable, Hashable {
  /// The key itself, for a header.
  let text: String

  /// A key.
  /// - Returns: `nil` for a text that no header can carry as one: empty, longer than 4096 bytes, or with other
  ///   than visible ASCII characters.
  package init?(_ text: String) {
    guard (1...4096).contains(text.utf8.count), text.utf8.allSatisfy({ (0x21...0x7E) ~= $0 }) else {
      return nil
    }
    self.text = text
  }
}

extension APIKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  package var description: String { "(secret)" }
  package var debugDescription: String { description }
  package var customMirror: Mirror { Mirror(self, children: []) }
}
