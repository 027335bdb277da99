package import JSONRPC
import MCP

/// What the server did instead of what it was asked. The exit code is 1.
package struct ServerFailure: Error, CustomStringConvertible {
  package let description: String

  /// A failure, in words.
  package init(_ description: String) { self.description = description }

  /// What it answered instead of a result, or that it could not.
  package init(_ error: RPCError) {
    // Also what the session says of a server that has gone.
    guard error.code != .internalError else {
      self.init("the server failed: \(error.message)")
      return
    }
    let data = error.data.map { " " + JSONWriter.text(of: $0) } ?? ""
    self.init("the server answered \(error.code.rawValue): \(error.message)\(data)")
  }
}
