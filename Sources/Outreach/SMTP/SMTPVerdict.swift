import CCurl
import Marketing

/// What a mail's way to the server comes to.
enum SMTPVerdict {
  /// Answers to these may be about the mail; those to others are about us and the server.
  private static let commandsOfMail: Set<String> = ["MAIL", "RCPT", "DATA"]

  /// - Parameter error: the library's words for the code.
  static func outcome(
    _ code: CURLcode, _ transfer: SMTPTransfer, error: String
  ) -> DeliveryOutcome {
    if code == CURLE_OK { return .delivered(answer(of: transfer)) }
    if code == CURLE_ABORTED_BY_CALLBACK { return .withdrawn }
    guard let reply = transfer.code, reply >= 400,
      !transfer.hasReachedEnd || transfer.isAnswered
    else {
      return .deferred(
        DeliveryAnswer("no connection", error),
        .init(
          isUnavailable: true, mayHaveArrived: transfer.hasReachedEnd && !transfer.isAnswered))
    }
    let answer = answer(of: transfer)
    let isOfMail = commandsOfMail.contains(transfer.command)
    // "Service not available" and "authentication required" can answer any command.
    if [530, 535].contains(reply) { return .deferred(answer, .aboutUs) }
    let isUnavailable = !isOfMail || [421, 454].contains(reply)
    if reply < 500 || isUnavailable {
      return .deferred(answer, .init(isUnavailable: isUnavailable))
    }
    switch transfer.command {
    // The mail has been read: what is said is about that.
    case "DATA": return .refused(answer)
    case "RCPT" where isOfMailbox(answer): return .bounced(answer)
    case "RCPT" where isOfMessage(answer) || status(answer)?.hasPrefix("5.2.") == true:
      // Of a mailbox that is there: it is full, or does not take mails as long as this one.
      return .refused(answer)
    case _ where isOfMessage(answer): return .refused(answer)
    // The sender is not allowed, or the way is not open to us: the same for whomever it goes to.
    default: return .deferred(answer, .aboutUs)
    }
  }

  /// Codes of mailboxes that are not there, or take nothing any more (RFC 3463, RFC 7505).
  private static let mailboxCodes: Set<String> = [
    "5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1",
  ]

  /// What an answer without a code of its own speaks of when it is not of the mailbox. Each is the beginning of a
  /// word.
  private static let wordsOfPolicy = [
    "relay", "polic", "block", "blacklist", "blocklist", "denylist", "listed", "spam", "spf",
    "dkim", "dmarc", "dnsbl", "rbl", "auth", "login", "sender", "client", "helo", "ehlo",
    "ip", "reputation", "access", "denied", "prohibited", "permitted", "allowed", "content",
    "tls", "encryption", "rate", "quota", "limit", "credential", "reverse", "ptr", "greylist",
  ]

  /// Whether an answer to a recipient's name says that there is no such mailbox.
  private static func isOfMailbox(_ answer: DeliveryAnswer) -> Bool {
    if let status = status(answer) { return mailboxCodes.contains(status) }
    // Without the enhanced code these are what servers say of mailboxes that they do not have (RFC 5321), and of
    // much else that they do not want.
    guard ["550", "551", "553"].contains(answer.code) else { return false }
    // The address itself may hold any word.
    let said = answer.text.lowercased().split(separator: " ").filter { !$0.contains("@") }
    let words = said.flatMap { $0.split { !$0.isLetter } }
    return !words.contains { word in wordsOfPolicy.contains { word.hasPrefix($0) } }
  }

  /// Whether an answer before the mail itself is about it: it is too long, or cannot be carried as it is.
  private static func isOfMessage(_ answer: DeliveryAnswer) -> Bool {
    guard let status = status(answer) else { return answer.code == "552" }
    return status == "5.3.4" || status.hasPrefix("5.6.")
  }

  /// The enhanced code of an answer; `nil` where the server gave none.
  private static func status(_ answer: DeliveryAnswer) -> String? {
    let words = answer.code.split(separator: " ")
    return words.count > 1 ? String(words[1]) : nil
  }

  /// The code, with the enhanced one (RFC 3463) where the server gives it.
  private static func answer(of transfer: SMTPTransfer) -> DeliveryAnswer {
    let text = HeaderText.oneLine(transfer.answer)
    let code = text.prefix(3)
    let enhanced = text.dropFirst(4).prefix { $0.isNumber || $0 == "." }
    let isEnhanced = enhanced.split(separator: ".").count == 3 && enhanced.utf8.count <= 11
    return DeliveryAnswer(isEnhanced ? "\(code) \(enhanced)" : "\(code)", text)
  }
}
