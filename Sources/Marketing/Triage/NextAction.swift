/// What to do about a lead next.
package struct NextAction: Sendable, Hashable, Codable {
  /// What to do.
  package var action: Action
  /// The channel to do it on; `nil` when nothing is sent.
  package var channel: Channel?
  /// How soon; `nil` when there is no hurry.
  package var dueWithinMinutes: Int?
  /// The lead to go on with instead of this one.
  package var otherLeadID: LeadID?
  /// Why, as a sentence.
  package var reason: String

  /// What can be done about a lead.
  package enum Action: String, Sendable, Hashable, Codable, CaseIterable {
    /// Call the person.
    case callNow = "call_now"
    /// Write and offer times for a demo.
    case offerDemo = "offer_demo"
    /// Begin a sequence of educational messages.
    case startNurtureSequence = "start_nurture_sequence"
    /// Answer automatically with resources for self-service.
    case sendSelfService = "send_self_service"
    /// Answer what the lead asked; no marketing.
    case replyOnly = "reply_only"
    /// Ask whether the person agrees to be contacted.
    case askForConsent = "ask_for_consent"
    /// Find out how to reach the person.
    case collectContactDetails = "collect_contact_details"
    /// Hand the request to customer support.
    case routeToSupport = "route_to_support"
    /// Hand the request to whoever hires.
    case routeToRecruiting = "route_to_recruiting"
    /// Merge with the other lead and go on there.
    case continueWithDuplicate = "continue_with_duplicate"
    /// Do nothing until the lead does something.
    case noAction = "no_action"
    /// Send nothing.
    case doNotContact = "do_not_contact"

    /// Whether somebody is to reach out to this very lead.
    package var isReachingOut: Bool {
      switch self {
      case .callNow, .offerDemo, .startNurtureSequence, .sendSelfService, .replyOnly,
        .collectContactDetails:
        true
      case .askForConsent, .routeToSupport, .routeToRecruiting, .continueWithDuplicate, .noAction,
        .doNotContact:
        false
      }
    }

    /// Whose matter it is, where it is not for those who win leads; `nil` elsewhere.
    package var otherRole: AgentRoleID? {
      switch self {
      case .routeToSupport: .support
      case .routeToRecruiting: .recruiting
      case .callNow, .offerDemo, .startNurtureSequence, .sendSelfService, .replyOnly,
        .collectContactDetails, .askForConsent, .continueWithDuplicate, .noAction, .doNotContact:
        nil
      }
    }
  }

  /// A recommendation.
  package init(
    _ action: Action, on channel: Channel? = nil, within dueWithinMinutes: Int? = nil,
    otherLeadID: LeadID? = nil, reason: String
  ) {
    self.action = action
    self.channel = channel
    self.dueWithinMinutes = dueWithinMinutes
    self.otherLeadID = otherLeadID
    self.reason = reason
  }
}
