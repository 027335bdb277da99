package import Marketing

/// Sends invitations as mails with a part that calendars read (RFC 6047).
package struct CalendarChannel: MessageChannel {
  private let mails: SMTPChannel
  private let settings: MailSettings

  /// A channel.
  /// - Parameter settings: those of the mails; the sender is who invites.
  package init(over mails: SMTPChannel, settings: MailSettings) {
    self.mails = mails
    self.settings = settings
  }

  package func destination(of message: OutboundMessage) -> String {
    mails.destination(of: message)
  }

  package func stop() { mails.stop() }

  package func send(_ attempt: DeliveryAttempt) async -> DeliveryOutcome {
    guard let invitation = attempt.message.content.invitation else {
      return .refused(DeliveryAnswer("invalid message", "there is no invitation in it"))
    }
    guard invitation.duration > .zero else {
      return .refused(DeliveryAnswer("invalid message", "the event takes no time"))
    }
    let domain = EmailAddress(splitting: settings.from)?.domain ?? "localhost"
    let calendar = ICalendar.request(
      invitation, uid: invitation.uid ?? "\(attempt.message.id)@\(domain)",
      organizer: (settings.name, settings.from), attendee: attempt.message.destination,
      stamp: attempt.message.createdAt)
    return await mails.send(attempt, calendar: calendar)
  }
}
