import JSONRPC
import MCP

extension RequestContext {
  /// The cursor of the next page.
  /// - Parameter scope: what the page is a page of; the cursor is good for nothing else.
  func cursor(at place: (some Encodable)?, in scope: String) throws(CallInterruption) -> String? {
    guard let place else { return nil }
    do {
      return try sealer.cursor(JSONValueEncoder().encode(place), in: scope, for: principal)
    } catch {
      throw .fault(error)
    }
  }

  /// The place where a cursor goes on.
  /// - Parameter paged: what is paged, for who brings a cursor of something else: "search".
  func place<Place: Decodable>(
    of cursor: String, in scope: String, paging paged: String
  ) throws(CallInterruption) -> Place {
    do {
      let position = try sealer.position(cursor, in: scope, for: principal)
      return try JSONValueDecoder().decode(Place.self, from: position)
    } catch {
      let detail =
        "found one that does not belong to this \(paged), expected the nextCursor of the page "
        + "before with the same arguments, or none to start again"
      throw .problem(
        CallProblem(
          .invalid, "cursor: \(detail)", fields: [.init(pointer: "/cursor", detail: detail)]))
    }
  }
}
