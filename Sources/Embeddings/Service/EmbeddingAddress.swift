import AsyncHTTPClient
import JSONRPC
import Marketing

/// Where embeddings are asked for.
struct EmbeddingAddress: Sendable, Hashable {
  /// The whole URL.
  let url: String
  /// What may be said of it: a query can hold a key.
  let origin: String

  /// Reads a base URL such as `https://api.example.com/v1`, or the whole one, which ends in `/embeddings`.
  /// - Throws: `.refused` for a URL that cannot be asked, or must not be: what is remembered of people does
  ///   not travel in the open.
  init(_ text: String, allowsPlainHTTP: Bool) throws(EmbeddingError) {
    let parts = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    var path = String(parts.first ?? "")
    while path.last == "/" { path.removeLast() }
    if !path.hasSuffix("/embeddings") { path += "/embeddings" }
    let url = path + (parts.count == 2 ? "?\(parts[1])" : "")
    guard text.utf8.count <= 2048, text.utf8.allSatisfy({ (0x21...0x7E) ~= $0 }),
      !text.contains(where: { "@#\\".contains($0) }),
      let request = try? HTTPClient.Request(url: url), !request.host.isEmpty,
      request.scheme == "http" || request.scheme == "https"
    else {
      throw EmbeddingError(
        .refused, "the URL for embeddings: expected https://HOST/v1, without a user or a fragment")
    }
    let host = request.host.contains(":") ? "[\(request.host)]" : request.host
    self.url = url
    origin = "\(request.scheme)://\(host):\(request.port)"
    guard request.scheme == "https" || allowsPlainHTTP || Self.isLoopback(request.host) else {
      throw EmbeddingError(
        .refused, "\(origin): expected https, or http to a server on this machine")
    }
  }

  private static func isLoopback(_ host: String) -> Bool {
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    let isIPv4 = parts.count == 4 && parts.allSatisfy { UInt8($0) != nil } && parts.first == "127"
    return isIPv4 || ["localhost", "::1", "[::1]"].contains(host.lowercased())
  }
}
