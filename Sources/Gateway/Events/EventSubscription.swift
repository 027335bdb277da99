import Hummingbird
import MCP
import Marketing

/// What a request asks of the live events, whether it is answered by a stream or becomes a WebSocket.
struct EventSubscription: Sendable, Hashable {
  /// What a subscriber needs to be allowed.
  static let scopes: Set<String> = ["leads:read"]

  let filter: EventFilter
  /// The last event that the subscriber knows; `nil` for one that begins now.
  let last: Int64?

  private static let parameters = ["lead", "campaign", "kind", "lastEventId"]

  /// Reads a request.
  /// - Parameter header: the values of `Last-Event-ID`.
  /// - Throws: `.invalid` with all that is wrong.
  init(query: String?, lastEventID header: [String]) throws(CallProblem) {
    let query = try QueryString(query)
    if let problem = query.problem(beyond: Self.parameters) { throw problem }
    var errors: [CallProblem.Field] = []
    func read<Value>(
      _ name: String, _ expected: String, _ read: (String) -> Value?
    ) -> [Value] {
      let texts = query.list(name)
      let values = texts.compactMap(read)
      if values.count < texts.count {
        errors.append(.init(pointer: "/\(name)", detail: "expected \(expected)"))
      }
      return values
    }
    let identifier = "1 to 64 letters, digits, '_' and '-', or several between commas"
    filter = EventFilter(
      leads: Set(read("lead", identifier, LeadID.init(checking:))),
      campaigns: Set(read("campaign", identifier, CampaignID.init(checking:))),
      kinds: read(
        "kind", "kinds such as lead.triaged, or lead.* for all of an entity",
        EventFilter.KindPattern.init))
    // A browser that has seen nothing yet sends it empty.
    let places = (header.isEmpty ? query.list("lastEventId") : header).filter { !$0.isEmpty }
    last = places.first.flatMap(Self.place)
    if places.count > 1 || (places.count == 1 && last == nil) {
      errors.append(
        .init(
          pointer: header.isEmpty ? "/lastEventId" : "/Last-Event-ID",
          detail: "expected the id of an event, once"))
    }
    guard errors.isEmpty else {
      throw CallProblem(.invalid, "The subscription is not valid", fields: errors)
    }
  }

  private static func place(_ text: String) -> Int64? {
    guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return Int64(text)
  }
}
