/// What a lead wants, by its message.
package enum MessageIntent: String, Sendable, Hashable, Codable, CaseIterable {
  /// Wants to see the product or to talk to sales.
  case demoRequest = "demo_request"
  /// Asks what it costs.
  case pricing
  /// Wants to try it.
  case trial
  /// Checks security, privacy or compliance before buying.
  case securityReview = "security_review"
  /// Needs help with what it has.
  case support
  /// Looks for work, an internship or material for studies.
  case jobApplication = "job_application"
  /// Refuses contact.
  case unsubscribe
  /// Wrote something else.
  case general
  /// Wrote nothing.
  case none
}
