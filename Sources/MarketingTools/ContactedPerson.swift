import MCP
import Marketing

/// Whom a tool about contacting means: a stored lead, or whoever has an address.
struct ContactedPerson: Sendable {
  /// The lead; `nil` when only an address is known.
  let leadID: LeadID?
  /// What the person is reached by.
  let addresses: [ContactAddress]

  /// Reads whom a call names.
  /// - Throws: when it names nobody or two, an unknown lead, or what is no address.
  init(
    leadID: LeadID?, address: String?, _ environment: ToolEnvironment, _ context: RequestContext
  ) throws(CallInterruption) {
    switch (leadID, address) {
    case (let id?, nil):
      let lead = try reading(context) { () throws(StoreError) in
        try environment.leads.lead(id, in: context.workspace)
      }
      guard let lead else { throw .noSuchLead(id) }
      self.leadID = id
      addresses = environment.identity(of: lead).contactAddresses
    case (nil, let text?):
      guard let address = ContactAddress(text, keepsPlusTags: environment.keepsPlusTags) else {
        throw Self.refused(
          "/address", "found neither, expected an e-mail address or a telephone number")
      }
      self.leadID = nil
      addresses = [address]
    case (nil, nil):
      throw Self.refused("/leadID", "found neither leadID nor address, expected one of them")
    case (_?, _?):
      throw Self.refused("/address", "found leadID and address, expected one of them")
    }
  }

  /// A refusal of one field.
  static func refused(_ pointer: String, _ detail: String) -> CallInterruption {
    .problem(
      CallProblem(
        .invalid, "\(pointer.dropFirst()): \(detail)",
        fields: [.init(pointer: pointer, detail: detail)]))
  }
}
