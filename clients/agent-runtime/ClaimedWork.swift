package import JSONRPC

/// A piece of work that an agent has for a while.
package struct ClaimedWork: Sendable {
  /// Its name.
  package let id: String
  /// The number of the claim, which the server asks for when it ends.
  package let claim: Int64
  /// What is to be done, for example `triage_lead`.
  package let kind: String
  /// The lead that it is about, if any.
  package let leadID: String?
  /// What else it is about, for example a handoff.
  package let subject: String?

  /// The work in a result of `claim_work`; `nil` when it names none.
  init?(_ json: JSONValue) {
    guard let id = json["workID"]?.stringValue, let claim = json["claim"]?.integerValue,
      let kind = json["kind"]?.stringValue
    else { return nil }
    self.id = id
    self.claim = claim
    self.kind = kind
    leadID = json["leadID"]?.stringValue
    subject = json["subject"]?.stringValue
  }

  /// How tools name it.
  var held: JSONValue { ["workID": .string(id), "claim": .integer(claim)] }
}

/// What came of a piece of work.
package struct FinishedWork: Sendable {
  /// What is kept with it.
  package var result: JSONObject
  /// Work that follows from it for agents of other roles, as `complete_work` takes it.
  package var next: [JSONValue]

  /// What came of it.
  package init(_ result: JSONObject, next: [JSONValue] = []) {
    self.result = result
    self.next = next
  }
}
